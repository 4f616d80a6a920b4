/** The real ears behind the real door: a client whose microphone hears its own loudspeaker. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../config/load.js'
import { ModelRegistry } from '../../runtime/registry.js'
import { configuredHearing } from '../../stages/hearing/configured-hearing.js'
import { atLevel, mix, noise, speech } from '../../stages/hearing/fixtures/sounds.js'
import type { Hearing, HearingSession } from '../../stages/hearing/hearing.js'
import { PlainClient } from './fixtures/plain-client.js'
import { Room, ROOM_RATE } from './fixtures/room.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import { serveConversations, type Served } from './fixtures/served.js'

const SECONDS = 7.5
const LEVEL_DB = -23
/** When the room's clock shows this, somebody else speaks. */
const PERSON_AT = 2.5

let registry: ModelRegistry
let hearing: Hearing
let agent: Float32Array
let person: Float32Array
let session: HearingSession | undefined
let served: Served | undefined
let client: PlainClient | undefined

beforeAll(async () => {
  registry = new ModelRegistry({ device: { kind: 'cpu' } })
  const ears = configuredHearing(resolveConfig(), registry)
  hearing = {
    name: ears.name,
    load: () => ears.load(),
    open: (signal) => (session = ears.open(signal)),
  }
  agent = atLevel(await speech(7), LEVEL_DB)
  person = atLevel(await speech(3), LEVEL_DB)
})
afterAll(() => registry.shutdown())
afterEach(async () => {
  await client?.close()
  await served?.close()
  client = undefined
  served = undefined
  session = undefined
})

/** The agent says its words in a room, over which others may be heard. */
async function inRoom(others: Float32Array): Promise<{ client: PlainClient; room: Room }> {
  served = await serveConversations(new ScriptedLine().catalogue, { hearing })
  client = await PlainClient.connect(served.url)
  client.send({ type: 'set', streams: ['audio'] })
  for (let at = 0; at < agent.length; at += ROOM_RATE) {
    client.sendSound('speech', agent.subarray(at, at + ROOM_RATE))
    if (at > 0) continue
    await client.until('turn-start')
    // From the first playhead on the session keeps to the pace of the room.
    client.send({ type: 'playhead', turn: 1, timestamp: 0 })
  }
  client.sendSound('speech', new Float32Array(0))
  await client.untilTrue(() => client!.sound(1).length > 0)
  const rested = async (): Promise<void> => {
    while ((session?.waiting ?? 0) > 500_000) await sleep(5)
  }
  const room = new Room({ client, others, echo: { delayMs: 60, decibels: -10 }, rested })
  await room.live(1)
  // What is still on its way to the ears.
  await session!.end()
  return { client, room }
}

describe('the agent in a room', () => {
  it('does not interrupt itself', async () => {
    const { client, room } = await inRoom(noise(SECONDS, -65))
    expect(room.played).toBeGreaterThan(agent.length - ROOM_RATE / 50)
    expect(client.events('voice-start')).toEqual([])
    expect(client.events('turn-cancel')).toEqual([])
    expect(client.events('error')).toEqual([])
    await client.until('turn-end')
  })

  it('is interrupted by somebody else', async () => {
    const others = mix(SECONDS, [
      [noise(SECONDS, -65), 0],
      [person, PERSON_AT],
    ])
    const { client, room } = await inRoom(others)
    const { timestamp, bargeIn } = await client.until('voice-start')
    expect(bargeIn).toBe(true)
    // The voice begins a quarter of a second into its recording.
    expect(timestamp / 1e6).toBeGreaterThan(PERSON_AT)
    expect(timestamp / 1e6).toBeLessThan(PERSON_AT + 0.8)
    expect(await client.until('turn-cancel')).toMatchObject({ turn: 1 })
    expect(room.played).toBeLessThan(agent.length)
  })
})

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectConverse } from '../../client/client.js'
import type { ServerEvent, WirePacket } from '../../client/protocol.js'
import { isEnd, PATIENCE, servedForEachTest } from './fixtures/each-test.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import type { Talker } from './fixtures/served.js'

const serve = servedForEachTest(afterEach)

/** All that a turn was, without what differs by the moment: measures, and the turn of streams among each other. */
function contentOf(talker: Talker): unknown {
  const events = talker.events.filter(({ type }) => ['turn-start', 'caption', 'turn-end'].includes(type))
  return {
    events: events.map((event) => ({ ...event, stats: undefined })),
    packets: (['audio', 'motion', 'frame'] as const).map((kind) => talker.packets(kind)),
  }
}

/** Resolves when the client has been told this. */
function told(talker: Talker, name: 'lost' | 'resume' | 'close'): Promise<readonly [number, string]> {
  return new Promise((resolve) => {
    talker.client.on(name, (...values: readonly unknown[]) => {
      resolve(values as unknown as readonly [number, string])
    })
  })
}

describe('a connection that breaks', () => {
  it('in the middle of a turn, again and again, costs nothing of it', async () => {
    const line = new ScriptedLine({ seconds: 6 })
    line.beforePacket = () => sleep(2)
    const { talk, breakConnections } = await serve(line)
    const unbroken = await talk()
    unbroken.client.say('Tone 440 here.')
    await unbroken.until(isEnd(1))

    const sockets: WebSocket[] = []
    class Remembered extends WebSocket {
      constructor(url: string) {
        super(url)
        sockets.push(this)
      }
    }
    const broken = await talk({ WebSocket: Remembered })
    let breaks = 0
    let resumed = 0
    broken.client.on('resume', () => (resumed += 1))
    broken.client.on('packet', ({ kind, timestamp }) => {
      if (kind !== 'audio' || timestamp % 1_200_000 !== 600_000) return
      breaks += 1
      // Without a word to either side: with what is on its way to the client, or to the server.
      if (breaks % 2 === 0) breakConnections()
      else sockets.at(-1)?.terminate()
    })
    broken.client.say('Tone 440 here.')
    await broken.until(isEnd(1))
    expect(breaks).toBe(5)
    expect(resumed).toBeGreaterThan(0)
    expect(contentOf(broken)).toEqual(contentOf(unbroken))
    expect(line.open).toBe(0)
  })

  it('while a turn goes on holds it to its window, and what was asked meanwhile is done afterwards', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { talk, url, http, breakConnections } = await serve(line)
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index) => (index === 5 ? held : undefined)
    const first = await talk({ resume: false })
    first.client.say('Tone 440.')
    while (first.packets('audio').length < 5) await first.next()
    const { resumption } = first.client
    breakConnections()
    const isAttached = async (): Promise<unknown> => {
      const answer = await fetch(`${http}/v1/sessions/${resumption.session}`)
      return ((await answer.json()) as { attached: boolean }).attached
    }
    await expect.poll(isAttached, PATIENCE).toBe(false)
    go()
    // Without a client, no more is made than fits in the window of two seconds.
    await expect.poll(() => line.made, PATIENCE).toBeGreaterThan(20)
    let made = -1
    while (made !== line.made) {
      made = line.made
      await sleep(100)
    }
    expect(line.made).toBeLessThan(35)

    const client = await connectConverse({ url, WebSocket, resume: resumption })
    expect(client.session).toMatchObject({ resumed: true, turn: 1, session: resumption.session })
    const cancelled = new Promise((resolve) => client.on('turn-cancel', resolve))
    client.interrupt()
    expect(await cancelled).toMatchObject({ turn: 1 })
    client.close()
  })

  it('is told, and settings, numbers and what waits to be said are as they were', async () => {
    const { talk, breakConnections } = await serve(new ScriptedLine())
    const talker = await talk()
    talker.client.set({ quality: 33 })
    await talker.until(({ type }) => type === 'setting-change')
    const [lost, resumed] = [told(talker, 'lost'), told(talker, 'resume')]
    breakConnections()
    expect((await lost)[0]).toBe(1006)
    expect(talker.client.connected).toBe(false)
    talker.client.say('Tone 440.')
    talker.client.sendAudio(new Float32Array(10), 16_000)
    await resumed
    await talker.until(isEnd(1))
    expect(talker.client.session).toMatchObject({ resumed: true, settings: { quality: 33 } })
    expect([talker.packets('audio').length, talker.events.some(({ type }) => type === 'error')]).toEqual([
      5,
      false,
    ])
  })

  it('ends the live turn where more is missing than was kept, and the rest goes on', async () => {
    const line = new ScriptedLine({ seconds: 60, frameBytes: 20_000 })
    const { talk, url } = await serve(line, { replayBytes: 10_000 })
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index) => (index === 30 ? held : undefined)
    const talker = await talk()
    talker.client.set({ quality: 33 })
    talker.client.say('Tone 440.')
    while (talker.packets('frame').length < 40) await talker.next()
    const { session, token } = talker.client.resumption
    const late = await connectConverse({ url, WebSocket, resume: { session, token, received: 3 } })
    const events: ServerEvent[] = []
    late.on('turn-cancel', (event) => events.push(event))
    late.on('turn-end', (event) => events.push(event))
    while (events.length === 0) await sleep(5)
    go()
    late.say('Tone 440.')
    while (!late.live) await sleep(5)
    expect(events).toMatchObject([{ type: 'turn-cancel', turn: 1 }])
    expect([late.live, late.session.settings.quality]).toEqual([2, 33])
    late.close()
  })
})

describe('going on with a session', () => {
  it('needs its id, its token, and a number of messages that it has sent', async () => {
    const { talk, url } = await serve(new ScriptedLine())
    const { client } = await talk()
    const { session, token } = client.resumption
    const attempt = async (query: string): Promise<unknown[]> => {
      const socket = new WebSocket(`${url}?${query}`)
      const [data] = (await once(socket, 'message')) as [Buffer]
      const [code] = (await once(socket, 'close')) as [number]
      return [JSON.parse(data.toString()) as object, code]
    }
    const unknown = (id: string): unknown[] => [
      {
        type: 'error',
        code: 'not-found',
        message: `There is no session "${id}" for you: it is over, or the token is another.`,
      },
      4404,
    ]
    expect(await attempt(`session=${session}&token=${token.replace(/^./, 'x')}`)).toEqual(unknown(session))
    expect(await attempt(`session=${session}`)).toEqual(unknown(session))
    expect(await attempt(`session=other&token=${token}`)).toEqual(unknown('other'))
    expect(await attempt(`session=${session}&token=${token}&received=9`)).toEqual([
      {
        type: 'error',
        code: 'invalid-input',
        message: 'received is 9; this session has sent 0 messages.',
      },
      1008,
    ])
    expect(await attempt(`session=${session}&token=${token}&received=-1`)).toEqual([
      {
        type: 'error',
        code: 'invalid-input',
        message: 'received is "-1"; it must be the number of messages that were received.',
      },
      1008,
    ])
    await expect(
      connectConverse({ url, WebSocket, resume: { session, token: 'no', received: 0 } }),
    ).rejects.toMatchObject({ code: 'not-found' })
    expect(client.connected).toBe(true)
  })

  it('from elsewhere takes it over, in the middle of a turn', async () => {
    const line = new ScriptedLine({ seconds: 3 })
    const { talk, url } = await serve(line)
    const first = await talk()
    const closed = told(first, 'close')
    const packets: WirePacket[] = []
    const got = new Promise<void>((resolve) => {
      first.client.on('packet', (packet) => {
        packets.push(packet)
        if (packets.length === 40) resolve()
      })
    })
    first.client.say('Tone 440.')
    await got
    const second = await connectConverse({ url, WebSocket, resume: first.client.resumption })
    second.on('packet', (packet) => packets.push(packet))
    await new Promise((resolve) => second.on('turn-end', resolve))
    expect(await closed).toEqual([4409, 'Another connection goes on with this session.'])
    const audio = packets.filter(({ kind }) => kind === 'audio').map(({ timestamp }) => timestamp)
    expect(new Set(audio).size).toBe(30)
    second.close()
  })

  it('is over when nobody came in time, and its seat is free', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { talk, url, http, outcomes, breakConnections } = await serve(line, { resumeSeconds: 0.05 })
    const talker = await talk({ resume: false })
    expect(talker.client.session.limits.resume).toBe(50_000)
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'stats')
    const closed = told(talker, 'close')
    breakConnections()
    await closed
    const { session } = talker.client.session
    await expect.poll(async () => (await fetch(`${http}/v1/sessions/${session}`)).status, PATIENCE).toBe(404)
    expect([outcomes, line.open]).toEqual([['cancelled'], 0])
    await expect(connectConverse({ url, WebSocket, resume: talker.client.resumption })).rejects.toMatchObject(
      { code: 'not-found' },
    )
  })

  it('keeps its seat while it waits, and gives it back to one who says goodbye', async () => {
    const { talk, url, breakConnections } = await serve(new ScriptedLine())
    const talkers = await Promise.all([1, 2, 3, 4].map(() => talk({ resume: false })))
    const closed = talkers.map((talker) => told(talker, 'close'))
    breakConnections()
    await Promise.all(closed)
    await expect(talk()).rejects.toMatchObject({ code: 'overload' })
    const back = await connectConverse({ url, WebSocket, resume: talkers[0]!.client.resumption })
    back.close()
    const isLetIn = (): Promise<boolean> =>
      talk().then(
        () => true,
        () => false,
      )
    await expect.poll(isLetIn, PATIENCE).toBe(true)
  })

  it('is done by a program that was begun again, whose speech is new', async () => {
    const { talk, url } = await serve(new ScriptedLine())
    const first = await talk()
    first.client.sendSpeech(new Float32Array(3200), 16_000)
    first.client.endSpeech(16_000)
    await first.until(isEnd(1))
    const second = await connectConverse({ url, WebSocket, resume: first.client.resumption })
    const ended = new Promise((resolve) => second.on('turn-end', resolve))
    second.sendSpeech(new Float32Array(3200), 16_000)
    second.endSpeech(16_000)
    expect(await ended).toMatchObject({ turn: 2 })
    second.close()
  })
})

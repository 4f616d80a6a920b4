import { once } from 'node:events'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerEvent } from '../../client/protocol.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import { serveConversations } from './fixtures/served.js'

/** For a machine that does much else. */
const PATIENCE = { timeout: 30_000 }

it('a face that is wanted lives on between turns, never within one, and rests when it is not', async () => {
  const served = await serveConversations(new ScriptedLine({ seconds: 0.2 }).catalogue)
  const socket = new WebSocket(served.url)
  const seen: string[] = []
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) seen.push(`${['', 'audio', 'frame', 'motion'][data[1]!]!} ${data.readUInt32LE(4)}`)
    else seen.push((JSON.parse(data.toString()) as ServerEvent).type)
  })
  const send = (message: object): void => {
    socket.send(JSON.stringify(message))
  }
  const livesAfter = (what: string): boolean => {
    const after = seen.slice(seen.indexOf(what))
    return after.includes('frame 0') && after.includes('motion 0')
  }
  try {
    await once(socket, 'message')
    send({ type: 'set', idle: true })
    await expect.poll(() => livesAfter('setting-change'), PATIENCE).toBe(true)
    send({ type: 'say', text: 'Tone 440.' })
    await expect.poll(() => seen.includes('turn-end') && livesAfter('turn-end'), PATIENCE).toBe(true)
    const turn = seen.slice(seen.indexOf('turn-start'), seen.indexOf('turn-end'))
    expect(turn.filter((one) => one.endsWith(' 0'))).toEqual([])
    expect(turn.filter((one) => one === 'frame 1')).toHaveLength(6)

    send({ type: 'set', idle: false })
    await expect
      .poll(() => seen.lastIndexOf('setting-change') > seen.indexOf('turn-end'), PATIENCE)
      .toBe(true)
    send({ type: 'say', text: 'Tone 440.' })
    await expect.poll(() => seen.lastIndexOf('turn-end') > seen.indexOf('turn-end'), PATIENCE).toBe(true)
    const after = seen.slice(seen.lastIndexOf('setting-change'))
    // One of each may have been on its way.
    expect(after.filter((one) => one.endsWith(' 0')).length).toBeLessThanOrEqual(2)
  } finally {
    socket.terminate()
    await served.close()
  }
  expect(served.unexpected).toEqual([])
})

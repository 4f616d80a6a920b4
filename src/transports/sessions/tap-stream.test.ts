import { expect, it } from 'vitest'
import type { ServerEvent } from '../../client/protocol.js'
import type { MotionPacket } from '../../pipeline/packet.js'
import { motionForm } from './tap-form.js'
import { TapStream } from './tap-stream.js'

const PACKET: MotionPacket = {
  kind: 'motion',
  turn: 'a',
  index: 0,
  timestamp: 0,
  duration: 40_000,
  weights: new Float32Array(52),
  rotation: [0, 0, 0],
}

it('holds for a watcher who does not read no more than its form says, words included', async () => {
  const form = motionForm()
  const stream = new TapStream(form, () => undefined)
  const count = form.mostWaiting + 500
  for (let turn = 1; turn <= count; turn += 1) {
    const event: ServerEvent = { type: 'turn-end', turn, stats: null }
    stream.event(event)
    stream.packet(turn, PACKET)
  }
  stream.end()
  const text = await new Response(stream.readable).text()
  const turns = Array.from(text.matchAll(/"type":"turn-end","turn":(\d+)/g), ([, turn]) => Number(turn))
  expect(turns).toEqual(
    Array.from({ length: form.mostWaiting }, (_, index) => count - form.mostWaiting + 1 + index),
  )
  expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true)
})

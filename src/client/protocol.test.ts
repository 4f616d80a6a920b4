import { describe, expect, it } from 'vitest'
import { BLENDSHAPE_COUNT } from '../pipeline/blendshapes.js'
import {
  decodeEvent,
  decodePacket,
  encodeEvent,
  encodePacket,
  HEADER_BYTES,
  packetBytes,
  ProtocolError,
  WEIGHT_COUNT,
  type ServerEvent,
  type WirePacket,
} from './protocol.js'

const motion: WirePacket = {
  kind: 'motion',
  turn: 3,
  timestamp: 33_333,
  duration: 33_334,
  index: 1,
  weights: Float32Array.from({ length: WEIGHT_COUNT }, (_, i) => i / 64),
  rotation: [0.5, -0.25, 0.125],
}
const frame: WirePacket = {
  kind: 'frame',
  turn: 2 ** 32 - 1,
  timestamp: 2 ** 40 + 5,
  duration: 40_000,
  index: 7,
  jpeg: Uint8Array.of(0xff, 0xd8, 1, 2, 3),
}
const sound = (kind: 'audio' | 'speech'): WirePacket => ({
  kind,
  turn: 1,
  timestamp: 0,
  duration: 125,
  sampleRate: 24_000,
  samples: Float32Array.of(0, 0.5, -1),
})

describe('packets', () => {
  it.each([motion, frame, sound('audio'), sound('speech')])('come back as they were: %o', (packet) => {
    const bytes = encodePacket(packet)
    expect(bytes.length).toBe(packetBytes(packet))
    expect(decodePacket(bytes)).toEqual(packet)
  })

  it('have the documented header, little-endian', () => {
    const bytes = encodePacket(frame)
    const hex = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('hex')
    expect(hex).toBe('01' + '02' + '0000' + 'ffffffff' + '0500000000010000' + '409c0000' + '07000000')
    expect([...encodePacket(sound('audio')).subarray(HEADER_BYTES)]).toEqual([0, 0, 0, 0x40, 0, 0x80])
  })

  it('are read at any alignment, and written over what a buffer held', () => {
    const target = new Uint8Array(1000).fill(0xee)
    const written = encodePacket(motion, target)
    expect(written.buffer).toBe(target.buffer)
    const shifted = new Uint8Array(written.length + 1)
    shifted.set(written, 1)
    expect(decodePacket(shifted.subarray(1))).toEqual(motion)
  })

  it('hold sound to 16 bits: what is too loud is clipped, what is no number is silence', () => {
    const samples = Float32Array.of(2, -2, NaN)
    const back = decodePacket(encodePacket({ ...sound('audio'), samples } as WirePacket))
    expect('samples' in back && [...back.samples]).toEqual([32_767 / 32_768, -1, 0])
  })

  it('have as many weights as the pipeline', () => {
    expect(WEIGHT_COUNT).toBe(BLENDSHAPE_COUNT)
  })

  it.each([
    ['is too short', Uint8Array.of(1, 1), '2 bytes'],
    ['is of another version', Uint8Array.of(9, ...new Uint8Array(23)), 'version is 9'],
    ['is of no kind', Uint8Array.of(1, 9, ...new Uint8Array(22)), 'kind is 9'],
    ['has half a sample', Uint8Array.of(1, 1, ...new Uint8Array(23)), '1 bytes of samples'],
    ['has too few weights', Uint8Array.of(1, 3, ...new Uint8Array(26)), '4 bytes after its header'],
    [
      'is beyond exact numbers',
      Uint8Array.of(1, 2, ...new Uint8Array(13).fill(255), ...new Uint8Array(9)),
      'timestamp',
    ],
  ])('that %s are refused with the reason', (_what, bytes, reason) => {
    expect(() => decodePacket(bytes)).toThrow(ProtocolError)
    expect(() => decodePacket(bytes)).toThrow(reason)
  })

  it.each([
    [{ ...frame, turn: -1 }, 'turn is -1'],
    [{ ...frame, duration: 0.5 }, 'duration is 0.5'],
    [{ ...motion, weights: new Float32Array(51) }, '51 weights'],
  ])('that cannot be written are refused with the reason', (packet, reason) => {
    expect(() => encodePacket(packet)).toThrow(reason)
  })
})

describe('events', () => {
  it('come back as they were', () => {
    const event: ServerEvent = {
      type: 'caption',
      turn: 1,
      index: 0,
      text: '你好。',
      timestamp: 0,
      duration: 9,
    }
    expect(decodeEvent(encodeEvent(event))).toEqual(event)
  })

  it('of later versions are passed over', () => {
    expect(decodeEvent('{"type":"weather","turn":1}')).toBeUndefined()
    expect(decodeEvent('{"type":"constructor"}')).toBeUndefined()
  })

  it.each([
    '',
    '[]',
    'null',
    '{"turn":1}',
    '{"type":"caption","turn":1}',
    '{"type":"turn-start","turn":null}',
  ])('that are none are refused: %s', (text) => {
    expect(() => decodeEvent(text)).toThrow(ProtocolError)
  })
})

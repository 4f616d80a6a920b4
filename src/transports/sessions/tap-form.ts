import type { ServerEvent } from '../../client/protocol.js'
import { encodePcm, openEndedWavHeader } from '../../media/wav.js'
import { OneRate } from '../../media/one-rate.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'
import { MJPEG_END, MJPEG_TYPE, mjpegPart } from '../http/mjpeg.js'

/** How one kind of packet is shown to those who watch a session. */
export interface TapForm {
  readonly contentType: string
  readonly kind: PacketKind
  /** Packets and words that may wait for a watcher; the oldest go first. */
  readonly mostWaiting: number
  /** Whether a packet that is late is passed over for a newer one that is due, too. */
  readonly isNewestWins: boolean
  /** What comes before everything. */
  readonly head: Uint8Array
  /** What comes after everything. */
  readonly tail: Uint8Array
  packet(packet: Packet, turn: number): Uint8Array
  event(event: ServerEvent): Uint8Array | undefined
}

const NOTHING = new Uint8Array(0)
/** About 30 s of sound and of motion, and 5 s of pictures. */
const MOST_SOUNDS = 300
const MOST_WEIGHTS = 900
const MOST_PICTURES = 128

/** Words between the packets of motion, so that a watcher knows what it sees. */
const TOLD: ReadonlySet<ServerEvent['type']> = new Set(['turn-start', 'caption', 'turn-end', 'turn-cancel'])

/** Sound without an end: WAV, or its samples alone. */
export function audioForm(format: 'wav' | 'pcm', sampleRate: number): TapForm {
  const sound = new OneRate(sampleRate)
  return {
    contentType: format === 'wav' ? 'audio/wav' : `audio/pcm; rate=${sampleRate}; encoding=s16le; channels=1`,
    kind: 'audio',
    mostWaiting: MOST_SOUNDS,
    isNewestWins: false,
    head: format === 'wav' ? openEndedWavHeader(sampleRate) : NOTHING,
    tail: NOTHING,
    packet: (packet) =>
      packet.kind === 'audio' ? encodePcm(sound.take(packet.samples, packet.sampleRate)) : NOTHING,
    event: () => undefined,
  }
}

/** Weights as server-sent events, and between them those that say whose they are. */
export function motionForm(): TapForm {
  return {
    contentType: 'text/event-stream; charset=utf-8',
    kind: 'motion',
    mostWaiting: MOST_WEIGHTS,
    isNewestWins: false,
    // A comment, which lets the watcher know that it is heard.
    head: Buffer.from(': watching\n\n'),
    tail: Buffer.from('event: end\ndata: {}\n\n'),
    packet: (packet, turn) => {
      if (packet.kind !== 'motion') return NOTHING
      const { timestamp, duration, index, weights, rotation } = packet
      return serverSent('motion', {
        turn,
        timestamp,
        duration,
        index,
        weights: Array.from(weights, rounded),
        rotation: rotation.map(rounded),
      })
    },
    event: (event) => (TOLD.has(event.type) ? serverSent(event.type, event) : undefined),
  }
}

/** Pictures as browsers show them in an `<img>`. */
export function framesForm(): TapForm {
  return {
    contentType: MJPEG_TYPE,
    kind: 'frame',
    mostWaiting: MOST_PICTURES,
    isNewestWins: true,
    head: NOTHING,
    tail: MJPEG_END,
    packet: (packet) => (packet.kind === 'frame' ? mjpegPart(packet.data) : NOTHING),
    event: () => undefined,
  }
}

function serverSent(name: string, data: object): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

/** Four decimals are finer than anybody sees, and a third of the bytes. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

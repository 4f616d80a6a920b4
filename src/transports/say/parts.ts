import type { ServerEvent, Settings, TurnSource } from '../../client/protocol.js'
import { encodePcm } from '../../media/wav.js'
import type { Packet } from '../../pipeline/packet.js'
import { rounded } from '../files/blendshape-json.js'

/** The number of the only turn. */
export const TURN = 1

/** First of a multipart answer: what it is made of. */
export interface AnswerStart {
  readonly type: 'turn-start'
  readonly turn: number
  readonly source: TurnSource
  /** Which engine does each stage. */
  readonly engines: Readonly<Record<string, string>>
  /** Hz of the sound. */
  readonly audio: { readonly sampleRate: number }
  /** Names of the weights, in their order. */
  readonly motion: { readonly fps: number; readonly names: readonly string[] }
  readonly video: { readonly fps: number; readonly width: number; readonly height: number }
  readonly settings: Settings
}

/** What is told between the media, as in a conversation. */
export type AnswerEvent = AnswerStart | Extract<ServerEvent, { type: 'text-delta' | 'caption' | 'turn-end' }>

/**
 * The parts of a `multipart/mixed` body (RFC 2046). Each has its length in its head, so that a reader need not look for
 * the boundary.
 */
export class Parts {
  readonly contentType: string
  readonly #boundary: string

  /** @param boundary 1–70 characters that need no quotes and that no part holds */
  constructor(boundary: string) {
    this.#boundary = boundary
    this.contentType = `multipart/mixed; boundary=${boundary}`
  }

  event(event: AnswerEvent): Uint8Array {
    return this.#part('application/json', ['X-Phiz-Kind: event'], Buffer.from(JSON.stringify(event)))
  }

  media(packet: Packet): Uint8Array {
    const place = [
      `X-Phiz-Kind: ${packet.kind}`,
      `X-Phiz-Timestamp: ${packet.timestamp}`,
      `X-Phiz-Duration: ${packet.duration}`,
      ...('index' in packet ? [`X-Phiz-Index: ${packet.index}`] : []),
    ]
    switch (packet.kind) {
      case 'audio':
        return this.#part(
          `audio/pcm; rate=${packet.sampleRate}; channels=1`,
          place,
          encodePcm(packet.samples),
        )
      case 'motion': {
        const weights = Array.from(packet.weights, rounded)
        const json = JSON.stringify({ weights, rotation: packet.rotation.map(rounded) })
        return this.#part('application/json', place, Buffer.from(json))
      }
      case 'frame':
        return this.#part('image/jpeg', place, packet.data)
      case 'text':
      case 'mark':
      case 'gap':
        throw new TypeError(`A packet of ${packet.kind} is no media.`)
    }
  }

  /** What comes after the last part. */
  end(): Uint8Array {
    return Buffer.from(`--${this.#boundary}--\r\n`)
  }

  #part(type: string, headers: readonly string[], content: Uint8Array): Uint8Array {
    const head = [
      `--${this.#boundary}`,
      `Content-Type: ${type}`,
      `Content-Length: ${content.length}`,
      ...headers,
      '\r\n',
    ].join('\r\n')
    return Buffer.concat([Buffer.from(head, 'latin1'), content, LINE_END])
  }
}

const LINE_END = Buffer.from('\r\n')

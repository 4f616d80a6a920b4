import { floatToS16le } from '../../dsp/pcm.js'
import { openEndedWavHeader } from '../wav.js'
import { AUDIO_STREAM_RATE } from './formats.js'
import type { AudioStream } from './open.js'

/** 16-bit little-endian samples, for `wav` after a header that leaves the length open. */
export class PcmStream implements AudioStream {
  #header: Uint8Array | undefined

  constructor(format: 'wav' | 'pcm') {
    this.#header = format === 'wav' ? openEndedWavHeader(AUDIO_STREAM_RATE) : undefined
  }

  encode(samples: Float32Array): Promise<Uint8Array> {
    const header = this.#takeHeader()
    const bytes = new Uint8Array(header.length + samples.length * 2)
    bytes.set(header)
    floatToS16le(samples, bytes.subarray(header.length))
    return Promise.resolve(bytes)
  }

  finish(): Promise<Uint8Array> {
    return Promise.resolve(this.#takeHeader())
  }

  close(): void {
    // It holds nothing.
  }

  #takeHeader(): Uint8Array {
    const header = this.#header ?? NOTHING
    this.#header = undefined
    return header
  }
}

const NOTHING = new Uint8Array(0)

import { floatToS16le } from '../../dsp/pcm.js'
import { wavHeader } from '../wav.js'
import { AUDIO_STREAM_RATE } from './formats.js'
import type { AudioStream } from './open.js'

/** Where a WAV's header holds the size of what follows, and of the samples. */
const RIFF_SIZE_AT = 4
const DATA_SIZE_AT = 40
/** What recorders write for a length that they do not know yet; readers then read to the end. */
const UNKNOWN_SIZE = 0xffffffff

/** 16-bit little-endian samples, for `wav` after a header that leaves the length open. */
export class PcmStream implements AudioStream {
  #header: Uint8Array | undefined

  constructor(format: 'wav' | 'pcm') {
    this.#header = format === 'wav' ? openEndedHeader() : undefined
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

function openEndedHeader(): Uint8Array {
  const header = wavHeader(AUDIO_STREAM_RATE, 0)
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  view.setUint32(RIFF_SIZE_AT, UNKNOWN_SIZE, true)
  view.setUint32(DATA_SIZE_AT, UNKNOWN_SIZE, true)
  return header
}

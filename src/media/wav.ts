/** 16-bit mono WAV: whole clips in memory, and files that grow. wavefile writes the header. */
import { open, type FileHandle } from 'node:fs/promises'
import wavefile from 'wavefile'
import { floatToS16le } from '../dsp/pcm.js'
import { InputError, MediaError } from '../errors.js'
import { fileProblem } from './file-problem.js'
import { createPartialFile, type PartialFile } from './partial-file.js'
import { Serial } from './serial.js'

/** Bytes before the samples in the plainest WAV. */
export const WAV_HEADER_BYTES = 44
/** Sizes in a WAV are 32-bit; with the header counted in, this much is left for samples. */
const MAX_DATA_BYTES = 0xffffffff - 36 - 1
/** Where the header holds the size of what follows, and of the samples. */
const RIFF_SIZE_AT = 4
const DATA_SIZE_AT = 40
/** What recorders write for a length that they do not know yet. */
const UNKNOWN_SIZE = 0xffffffff

/**
 * Codes a clip as a 16-bit mono WAV.
 *
 * @param samples - in [-1, 1]; beyond is clipped.
 * @param sampleRate - Hz.
 */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array {
  const dataBytes = samples.length * 2
  const bytes = new Uint8Array(WAV_HEADER_BYTES + dataBytes)
  bytes.set(wavHeader(sampleRate, dataBytes))
  floatToS16le(samples, bytes.subarray(WAV_HEADER_BYTES))
  return bytes
}

/** Codes a clip as 16-bit little-endian samples alone; beyond [-1, 1] is clipped. */
export function encodePcm(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2)
  floatToS16le(samples, bytes)
  return bytes
}

/**
 * The 44 bytes before `dataBytes` bytes of 16-bit mono samples.
 *
 * @throws InputError when the samples would pass the 4 GiB of a WAV.
 */
export function wavHeader(sampleRate: number, dataBytes: number): Uint8Array {
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 768_000) {
    throw new InputError(`sampleRate is ${sampleRate}; a whole number from 1 to 768000 is expected.`)
  }
  if (dataBytes > MAX_DATA_BYTES) {
    throw new InputError(`${dataBytes} bytes of samples do not fit into a WAV; ${MAX_DATA_BYTES} do.`)
  }
  const file = new wavefile.WaveFile()
  file.fromScratch(1, sampleRate, '16', [])
  const header = file.toBuffer()
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  view.setUint32(RIFF_SIZE_AT, WAV_HEADER_BYTES - 8 + dataBytes, true)
  view.setUint32(DATA_SIZE_AT, dataBytes, true)
  return header
}

/** The 44 bytes before samples of which nobody knows yet how many there will be; readers then read to the end. */
export function openEndedWavHeader(sampleRate: number): Uint8Array {
  const header = wavHeader(sampleRate, 0)
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  view.setUint32(RIFF_SIZE_AT, UNKNOWN_SIZE, true)
  view.setUint32(DATA_SIZE_AT, UNKNOWN_SIZE, true)
  return header
}

/** A WAV file being written. Await each write: that is the backpressure. */
export interface WavWriter {
  /** Appends mono samples in [-1, 1]; beyond is clipped. The array is free again when the promise resolves. */
  write(samples: Float32Array): Promise<void>
  /** Completes the header and puts the file in its place. Returns seconds of audio. */
  finish(): Promise<{ readonly duration: number }>
  /** Gives the file up and removes what was written. May be called again. */
  abort(): Promise<void>
}

/**
 * Opens a 16-bit mono WAV for writing. It grows in a partial file beside the target, with a header that is completed
 * at the end, and is renamed when it is whole. A write that fails gives the file up.
 *
 * @throws InputError for a path or rate that cannot work, and from `write` past 4 GiB of samples.
 * @throws MediaError from the writes, for a full disk.
 */
export async function createWavWriter(
  path: string,
  options: { readonly sampleRate: number },
): Promise<WavWriter> {
  const header = wavHeader(options.sampleRate, 0)
  const file = await createPartialFile(path)
  try {
    const handle = await open(file.path, 'r+')
    const recording = new Recording(path, file, handle, options.sampleRate)
    await recording.start(header)
    return recording
  } catch (error) {
    await file.discard()
    throw fileProblem(error, `${path} cannot be written`)
  }
}

class Recording implements WavWriter {
  readonly #path: string
  readonly #file: PartialFile
  readonly #handle: FileHandle
  readonly #sampleRate: number
  readonly #serial = new Serial()
  #bytes = new Uint8Array(0)
  #dataBytes = 0
  #state: 'open' | 'finished' | 'given up' = 'open'

  constructor(path: string, file: PartialFile, handle: FileHandle, sampleRate: number) {
    this.#path = path
    this.#file = file
    this.#handle = handle
    this.#sampleRate = sampleRate
  }

  start(header: Uint8Array): Promise<void> {
    return this.#do(() => this.#put(header, 0))
  }

  write(samples: Float32Array): Promise<void> {
    return this.#do(async () => {
      if (this.#dataBytes + samples.length * 2 > MAX_DATA_BYTES) {
        throw new InputError(`${this.#path} has reached the 4 GiB that a WAV can hold.`)
      }
      if (this.#bytes.length < samples.length * 2) this.#bytes = new Uint8Array(samples.length * 2)
      const length = floatToS16le(samples, this.#bytes)
      await this.#put(this.#bytes.subarray(0, length), WAV_HEADER_BYTES + this.#dataBytes)
      this.#dataBytes += length
    })
  }

  finish(): Promise<{ readonly duration: number }> {
    return this.#do(async () => {
      await this.#put(wavHeader(this.#sampleRate, this.#dataBytes), 0)
      await this.#handle.close()
      await this.#file.commit()
      this.#state = 'finished'
      return { duration: this.#dataBytes / 2 / this.#sampleRate }
    })
  }

  abort(): Promise<void> {
    return this.#serial.run(() => this.#giveUp())
  }

  #do<T>(step: () => Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
      if (this.#state !== 'open')
        throw new MediaError(`${this.#path} is ${this.#state}; it takes no more audio.`)
      try {
        return await step()
      } catch (error) {
        await this.#giveUp()
        throw fileProblem(error, `${this.#path} cannot be written`)
      }
    })
  }

  async #giveUp(): Promise<void> {
    if (this.#state !== 'open') return
    this.#state = 'given up'
    await this.#handle.close().catch(() => undefined)
    await this.#file.discard()
  }

  /** Writes all of `bytes`: one call of the operating system may take less. */
  async #put(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done)
      done += bytesWritten
    }
  }
}

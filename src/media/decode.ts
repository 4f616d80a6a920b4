/** Decodes any audio file to mono float samples, a chunk at a time. */
import { CancelledError, InputError, MediaError } from '../errors.js'
import { openAudioInput, type AudioInput, type AudioSource } from './audio-input.js'
import { openDecoder } from './decoder.js'
import { AVERROR_EAGAIN, constants, Frame, Packet, reasonOf } from './ffmpeg.js'
import { MonoConverter } from './mono-converter.js'

export { probeAudio, type AudioInfo, type AudioSource } from './audio-input.js'

export interface DecodeOptions {
  /** Output rate in Hz, 1000 to 768000. */
  readonly sampleRate: number
  /** Stops the decoding with a CancelledError. */
  readonly signal?: AbortSignal
  /** Samples in a chunk; the last one can be shorter. Default: a tenth of a second. */
  readonly chunkSamples?: number
  /** Refuse audio longer than this, in seconds, with an InputError when it is reached. Default: no limit. */
  readonly maxSeconds?: number
  /** What errors and warnings call the source. Default: the path. */
  readonly name?: string
  /** Told, at the end, when the file was cut or damaged but still gave audio. */
  readonly onWarning?: (warning: string) => void
}

/** Missing audio shorter than this, in seconds, is rounding and encoder padding, not a cut file. */
const CUT_TOLERANCE = 0.1
/** The part of the announced length that counts as rounding: headers of ADPCM give a rounded byte rate. */
const CUT_TOLERANCE_PART = 0.01

/**
 * Streams a file as mono float chunks in [-1, 1]; what a file holds beyond is clipped. Takes every WAV, MP3, Ogg,
 * Opus, FLAC, M4A and the other formats that FFmpeg knows, and the first audio track of a video. Reads only as far
 * as it is pulled, holds a few packets, and closes the file when it ends, fails, is left or is aborted. Each chunk
 * is a fresh array that the caller may keep or transfer.
 *
 * A damaged or cut file gives the audio that it has and one `onWarning`.
 *
 * @throws InputError when the path does not lead to a readable file, an option is out of range or `maxSeconds` is
 * passed.
 * @throws MediaError when there is no audio in it, or none that can be decoded.
 * @throws CancelledError when `signal` aborts.
 */
export async function* decodeAudio(
  source: AudioSource,
  options: DecodeOptions,
): AsyncGenerator<Float32Array, void, undefined> {
  const { sampleRate, signal, onWarning } = options
  const chunkSamples = options.chunkSamples ?? Math.ceil(sampleRate / 10)
  checkRange('sampleRate', sampleRate, 1000, 768_000)
  checkRange('chunkSamples', chunkSamples, 1, 1 << 24)
  const maxSamples = (options.maxSeconds ?? Infinity) * sampleRate

  const input = await openAudioInput(source, options)
  let chunk = new Float32Array(chunkSamples)
  let filled = 0
  let total = 0
  try {
    const pieces = decodePieces(input, sampleRate, signal, (warning) => onWarning?.(warning))
    for await (const piece of pieces) {
      total += piece.length
      if (total > maxSamples) {
        throw new InputError(`${input.name} is longer than ${options.maxSeconds} seconds (maxSeconds).`)
      }
      for (let offset = 0; offset < piece.length;) {
        const count = Math.min(chunkSamples - filled, piece.length - offset)
        chunk.set(piece.subarray(offset, offset + count), filled)
        filled += count
        offset += count
        if (filled < chunkSamples) break
        yield chunk
        throwIfAborted(signal, input.name)
        chunk = new Float32Array(chunkSamples)
        filled = 0
      }
    }
    if (filled > 0) yield chunk.slice(0, filled)
  } finally {
    await input.close()
  }
}

/** Yields mono pieces of any length; each is a view that is overwritten when the next one is pulled. */
async function* decodePieces(
  input: AudioInput,
  sampleRate: number,
  signal: AbortSignal | undefined,
  warn: (warning: string) => void,
): AsyncGenerator<Float32Array, void, undefined> {
  const { name, format, stream } = input
  const decoder = await openDecoder(stream, name, 'audio', 1)
  const converter = new MonoConverter(sampleRate, `The samples of ${name} cannot be converted`)
  const packet = new Packet()
  const frame = new Frame()
  packet.alloc()
  frame.alloc()
  let samples = 0
  let damaged = 0
  let stopped = 0
  try {
    for (let reading = true; reading;) {
      const read = await format.readFrame(packet)
      throwIfAborted(signal, name)
      if (read < 0) {
        reading = false
        if (read !== constants.AVERROR_EOF) stopped = read
      } else if (packet.streamIndex !== stream.index) {
        packet.unref()
        continue
      }
      // Decoding a packet takes some 30 µs: a trip to the thread pool would cost more than it frees.
      if (decoder.sendPacketSync(reading ? packet : null) < 0) damaged++
      packet.unref()
      for (;;) {
        const received = decoder.receiveFrameSync(frame)
        if (received === AVERROR_EAGAIN || received === constants.AVERROR_EOF) break
        if (received < 0) {
          damaged++
          break
        }
        const piece = converter.convert(frame)
        frame.unref()
        samples += piece.length
        yield piece
      }
    }
    const tail = converter.flush()
    samples += tail.length
    if (tail.length > 0) yield tail
  } finally {
    converter.close()
    frame.free()
    packet.free()
    decoder.freeContext()
  }
  const failure = input.failure()
  if (failure !== undefined) throw new MediaError(`${name} broke off while it was read.`, { cause: failure })
  report(input, samples / sampleRate, damaged, stopped, warn)
}

/** Decides between silence, a warning and an error once everything has been read. */
function report(
  input: AudioInput,
  seconds: number,
  damaged: number,
  stopped: number,
  warn: (warning: string) => void,
): void {
  const { name, info, announced } = input
  const findings: string[] = []
  if (damaged > 0)
    findings.push(`${damaged} damaged ${damaged === 1 ? 'packet was' : 'packets were'} left out`)
  if (stopped !== 0) findings.push(`reading stopped early (${reasonOf(stopped)})`)
  if (seconds === 0) {
    if (!input.seekable) findings.push('a file with its index at its end cannot be read as a stream')
    throw new MediaError(`${name} holds no audio (${info.codec})${findings.map((f) => `; ${f}`).join('')}.`)
  }
  if (announced !== undefined && seconds < announced * (1 - CUT_TOLERANCE_PART) - CUT_TOLERANCE) {
    findings.push(`it holds ${seconds.toFixed(2)} of ${announced.toFixed(2)} seconds`)
  }
  if (findings.length > 0) warn(`${name} is damaged: ${findings.join('; ')}.`)
}

function throwIfAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new CancelledError(`Decoding ${name} was cancelled.`)
}

function checkRange(field: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new InputError(`${field} is ${value}; a whole number from ${low} to ${high} is expected.`)
  }
}

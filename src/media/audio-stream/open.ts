import { Resampler } from '../../dsp/resample.js'
import { TimeStretch } from '../../dsp/time-stretch.js'
import { CodedStream } from './coded-stream.js'
import { AUDIO_STREAM_RATE, CODINGS, type AudioStreamFormat } from './formats.js'
import { PcmStream } from './pcm-stream.js'

/** A sound being coded while it is made. Await each call before the next. */
export interface AudioStream {
  /**
   * Codes mono samples in [-1, 1]; beyond is clipped. The array is free again when the promise resolves.
   * @returns the bytes that are complete: often none, as codecs work in frames
   */
  encode(samples: Float32Array): Promise<Uint8Array>
  /** Ends the sound. @returns the bytes that were left */
  finish(): Promise<Uint8Array>
  /** Frees the codec, whether the sound has been ended or not. Call it once, after the last call has settled. */
  close(): void
}

/**
 * Opens a stream whose bytes, joined, are a file of the format at {@link AUDIO_STREAM_RATE}, mono.
 *
 * @param sampleRate Hz of the samples that come in
 * @param tempo 0.25 to 4: how much faster than it comes in the sound is, at the same pitch
 * @throws MediaError when this build of FFmpeg lacks the codec
 */
export async function openAudioStream(
  format: AudioStreamFormat,
  sampleRate: number,
  tempo = 1,
): Promise<AudioStream> {
  const isPlain = format === 'wav' || format === 'pcm'
  const stream = isPlain ? new PcmStream(format) : await CodedStream.open(CODINGS[format], `${format} speech`)
  const coded =
    sampleRate === AUDIO_STREAM_RATE ? stream : after(new Resampler(sampleRate, AUDIO_STREAM_RATE), stream)
  return tempo === 1 ? coded : after(new TimeStretch(sampleRate, tempo), coded)
}

/** What changes a sound on its way. */
interface Filter {
  process(samples: Float32Array): Float32Array
  flush(): Float32Array
}

function after(filter: Filter, stream: AudioStream): AudioStream {
  return {
    encode: (samples) => stream.encode(filter.process(samples)),
    finish: async () => Buffer.concat([await stream.encode(filter.flush()), await stream.finish()]),
    close: () => {
      stream.close()
    },
  }
}

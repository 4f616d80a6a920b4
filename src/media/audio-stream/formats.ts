import { type Codec, constants } from '../ffmpeg.js'

/** Sound as it is streamed while it is made: each format can be played, or decoded, from its first bytes on. */
export type AudioStreamFormat = 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm'

export const AUDIO_STREAM_FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const

/** Hz of every streamed format, mono: what speech is made at, and a rate that all of the codecs know. */
export const AUDIO_STREAM_RATE = 24_000

type EncoderName = Parameters<typeof Codec.findEncoderByName>[0]
type AVSampleFormat = typeof constants.AV_SAMPLE_FMT_FLTP

/** How FFmpeg makes a format. */
export interface Coding {
  /** FFmpeg's name of the container. */
  readonly container: string
  readonly encoder: EncoderName
  readonly sampleFormat: AVSampleFormat
  /** Bits a second; left out for lossless formats. */
  readonly bitRate?: number
  /** Options of the container. */
  readonly muxing: Readonly<Record<string, string>>
}

/**
 * The coded formats. The bit rates are transparent, or near it, for one voice at 24 kHz. What a container writes at
 * its start and fills in at its end (MP3's Xing frame, FLAC's padding) is left out: the start has been sent by then.
 */
export const CODINGS: Readonly<Record<Exclude<AudioStreamFormat, 'wav' | 'pcm'>, Coding>> = {
  mp3: {
    container: 'mp3',
    encoder: constants.FF_ENCODER_LIBMP3LAME,
    sampleFormat: constants.AV_SAMPLE_FMT_FLTP,
    bitRate: 64_000,
    muxing: { write_xing: '0', id3v2_version: '0' },
  },
  opus: {
    container: 'ogg',
    encoder: constants.FF_ENCODER_LIBOPUS,
    sampleFormat: constants.AV_SAMPLE_FMT_FLT,
    bitRate: 40_000,
    // Microseconds of sound that a page collects before it leaves; a page of a second would delay the first sound.
    muxing: { page_duration: '100000' },
  },
  aac: {
    container: 'adts',
    encoder: constants.FF_ENCODER_AAC,
    sampleFormat: constants.AV_SAMPLE_FMT_FLTP,
    bitRate: 72_000,
    muxing: {},
  },
  flac: {
    container: 'flac',
    encoder: constants.FF_ENCODER_FLAC,
    sampleFormat: constants.AV_SAMPLE_FMT_S16,
    muxing: { metadata_header_padding: '0' },
  },
}

import { InputError } from '../../errors.js'
import type { Sink } from '../../pipeline/sink.js'
import { jpegFolderSink } from './jpeg-folder-sink.js'
import { jsonSink } from './json-sink.js'
import { mp4Sink } from './mp4-sink.js'
import { outputFormat } from './output.js'
import { wavSink } from './wav-sink.js'

export interface FileSinkOptions {
  /** Hz of the line's sound. */
  readonly sampleRate: number
  /** Frames a second of the picture. */
  readonly videoFps: number
  /** Frames a second of the motion. */
  readonly motionFps: number
  /** Measures of a frame; left out where no frames come. */
  readonly frame?: FrameSize
}

/** In pixels; both even, as H.264 wants them. */
export interface FrameSize {
  readonly width: number
  readonly height: number
}

/**
 * Opens the sink for an output by its name: see `outputFormat`.
 * @throws InputError when the name says nothing usable or the place cannot be written
 */
export async function fileSink(path: string, options: FileSinkOptions): Promise<Sink> {
  const { sampleRate, videoFps, motionFps, frame } = options
  switch (outputFormat(path)) {
    case 'mp4':
      if (frame === undefined) throw new InputError(`${path} is a film, and no frames are made for it.`)
      return mp4Sink(path, { ...frame, fps: videoFps, sampleRate })
    case 'wav':
      return wavSink(path, { sampleRate })
    case 'json':
      return jsonSink(path, { fps: motionFps })
    case 'jpeg-folder':
      return jpegFolderSink(path)
  }
}

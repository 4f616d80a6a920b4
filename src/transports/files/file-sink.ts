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
  /** Width and height of a frame. */
  readonly size: number
}

/**
 * Opens the sink for an output by its name: see `outputFormat`.
 * @throws InputError when the name says nothing usable or the place cannot be written
 */
export async function fileSink(path: string, options: FileSinkOptions): Promise<Sink> {
  const { sampleRate, videoFps, motionFps, size } = options
  switch (outputFormat(path)) {
    case 'mp4':
      return mp4Sink(path, { width: size, height: size, fps: videoFps, sampleRate })
    case 'wav':
      return wavSink(path, { sampleRate })
    case 'json':
      return jsonSink(path, { fps: motionFps })
    case 'jpeg-folder':
      return jpegFolderSink(path)
  }
}

/** Reads a film back for tests: its tracks, its pictures, and the order of the boxes in the file. */
import { readFile } from 'node:fs/promises'
import {
  check,
  Codec,
  CodecContext,
  constants,
  FormatContext,
  Frame,
  Packet,
  SoftwareScaleContext,
  type Stream,
} from '../../src/media/ffmpeg.js'

export interface Film {
  /** Seconds of the picture track. */
  readonly videoDuration: number
  /** Seconds at which each picture is shown. */
  readonly times: readonly number[]
  /** The matrix and range that the file names. */
  readonly colorSpace: number
  readonly colorRange: number
  /** Pictures as RGB bytes. */
  readonly pictures: readonly Uint8Array[]
  /** Seconds of the sound track; undefined without one. */
  readonly audioDuration: number | undefined
}

/** Decodes all pictures of a short film. */
export async function readFilm(path: string): Promise<Film> {
  const format = new FormatContext()
  format.allocContext()
  check(await format.openInput(`file:${path}`), path)
  check(await format.findStreamInfo(), path)
  const stream = format.streams[format.findBestStream(constants.AVMEDIA_TYPE_VIDEO)]
  const sound = format.streams[format.findBestStream(constants.AVMEDIA_TYPE_AUDIO)]
  if (stream === undefined) throw new Error(`${path} has no picture track`)
  const codec = Codec.findDecoder(stream.codecpar.codecId)
  const decoder = new CodecContext()
  decoder.allocContext3(codec)
  check(decoder.parametersToContext(stream.codecpar), path)
  decoder.pktTimebase = stream.timeBase
  check(await decoder.open2(codec), path)
  const packet = new Packet()
  packet.alloc()
  const frame = new Frame()
  frame.alloc()
  const times: number[] = []
  const pictures: Uint8Array[] = []
  for (let reading = true; reading;) {
    reading = (await format.readFrame(packet)) >= 0
    if (reading && packet.streamIndex !== stream.index) continue
    check(await decoder.sendPacket(reading ? packet : null), path)
    packet.unref()
    while ((await decoder.receiveFrame(frame)) >= 0) {
      times.push((Number(frame.pts) * stream.timeBase.num) / stream.timeBase.den)
      pictures.push(await toRgb(frame))
      frame.unref()
    }
  }
  const { colorSpace, colorRange } = stream.codecpar
  const film = {
    videoDuration: seconds(stream),
    times,
    colorSpace,
    colorRange,
    pictures,
    audioDuration: sound && seconds(sound),
  }
  decoder.freeContext()
  await format.closeInput()
  return film
}

/** Names of the top-level boxes of an MP4, in order. */
export async function boxesOf(path: string): Promise<string[]> {
  const bytes = await readFile(path)
  const names: string[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    names.push(bytes.toString('latin1', at + 4, at + 8))
  }
  return names
}

function seconds(stream: Stream): number {
  return (Number(stream.duration) * stream.timeBase.num) / stream.timeBase.den
}

async function toRgb(frame: Frame): Promise<Uint8Array> {
  const scaler = new SoftwareScaleContext()
  scaler.allocContext()
  const rgb = new Frame()
  rgb.alloc()
  rgb.width = frame.width
  rgb.height = frame.height
  rgb.format = constants.AV_PIX_FMT_RGB24
  rgb.colorRange = constants.AVCOL_RANGE_JPEG
  check(rgb.getBuffer(), 'RGB picture')
  check(await scaler.scaleFrame(rgb, frame), 'RGB picture')
  const bytes = new Uint8Array(frame.width * frame.height * 3)
  const stride = rgb.linesize[0] ?? 0
  const data = rgb.data?.[0]
  for (let y = 0; y < frame.height; y++) {
    bytes.set(data?.subarray(y * stride, y * stride + frame.width * 3) ?? [], y * frame.width * 3)
  }
  rgb.free()
  scaler.freeContext()
  return bytes
}

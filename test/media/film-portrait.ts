/** Films the astronaut's portrait: a camera moves over the photo. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { encodeVideo, evenly, fill, type EncodeVideoOptions } from './encode-video.js'

/** The portrait, public domain; its face is 95 pixels wide and has its middle at about (224, 118). */
export const PORTRAIT = fileURLToPath(new URL('portrait-astronaut.png', import.meta.url))
const FACE = [224, 118] as const

/** What one frame shows. */
export interface Shot {
  /** Where the face's middle is in the frame, in pixels. */
  readonly x: number
  readonly y: number
  /** Pixels of the frame for one of the photo. Default: 1. */
  readonly scale?: number
  /** Degrees, clockwise. Default: 0. */
  readonly tilt?: number
}

export interface FilmOptions extends Partial<
  Pick<EncodeVideoOptions, 'container' | 'encoder' | 'encoding' | 'pixelFormat'>
> {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** One for each frame; undefined shows an empty wall. */
  readonly shots: readonly (Shot | undefined)[]
}

/** Writes the film, as H.264 in MP4 unless told otherwise. */
export async function filmPortrait(path: string, options: FilmOptions): Promise<void> {
  const { data, info } = await sharp(PORTRAIT).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height, fps, shots } = options
  await encodeVideo(path, {
    container: options.container ?? 'mp4',
    encoder: options.encoder ?? 'libx264',
    encoding: options.encoding ?? { preset: 'ultrafast', crf: '18' },
    ...(options.pixelFormat !== undefined && { pixelFormat: options.pixelFormat }),
    width,
    height,
    times: evenly(fps, shots.length),
    paint: (rgb, index) => {
      fill(rgb, 120, 130, 140)
      const shot = shots[index]
      if (shot !== undefined) draw(data, info.width, info.height, rgb, width, height, shot)
    },
  })
}

/** Draws the photo with bilinear interpolation, so that it can move by parts of a pixel. */
function draw(
  photo: Uint8Array,
  photoWidth: number,
  photoHeight: number,
  rgb: Uint8Array,
  width: number,
  height: number,
  { x, y, scale = 1, tilt = 0 }: Shot,
): void {
  const cos = Math.cos((tilt * Math.PI) / 180) / scale
  const sin = Math.sin((tilt * Math.PI) / 180) / scale
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const u = FACE[0] + cos * (column - x) + sin * (row - y)
      const v = FACE[1] - sin * (column - x) + cos * (row - y)
      const [left, top] = [Math.floor(u), Math.floor(v)]
      if (left < 0 || top < 0 || left >= photoWidth - 1 || top >= photoHeight - 1) continue
      const [across, down] = [u - left, v - top]
      for (let channel = 0; channel < 3; channel++) {
        const at = (top * photoWidth + left) * 3 + channel
        const upper = photo[at]! + across * (photo[at + 3]! - photo[at]!)
        const below = at + photoWidth * 3
        const lower = photo[below]! + across * (photo[below + 3]! - photo[below]!)
        rgb[(row * width + column) * 3 + channel] = Math.round(upper + down * (lower - upper))
      }
    }
  }
}

import { CoverageMask } from '../../../../dsp/raster-coverage.js'
import type { Picture } from '../../../../dsp/raster.js'
import { sampleCatmullRom, smoothstep } from '../../../../dsp/spline.js'
import type { PhotographedBall, PhotographedEyes } from '../rig.js'
import { EYES, type EyeTopology } from '../topology.js'
import { findIris, type IrisCircle } from './find-iris.js'
import { fillSmoothly } from './inpaint.js'

/** Room around the corners of an eye, in centimetres. */
const MARGIN = 0.45
const STEPS = 5

/**
 * Cuts both eyeballs out of a photo: the white without its iris, and the iris by itself, each continued behind the
 * lids. Laid over each other at rest they give the photo back.
 *
 * @param photo Opaque; covers the frame.
 * @param pictured 468 × (x, y, z) in pixels of the frame.
 * @param texelsPerPixel Texels of the photo for each pixel of the frame.
 * @param scale Pixels of the frame a centimetre of the face.
 */
export function cutEyes(
  photo: Picture,
  pictured: ArrayLike<number>,
  texelsPerPixel: number,
  scale: number,
): PhotographedEyes {
  const cut = (eye: EyeTopology): PhotographedBall => cutEye(photo, pictured, texelsPerPixel, scale, eye)
  return { kind: 'photographed', balls: [cut(EYES[0]), cut(EYES[1])] }
}

function cutEye(
  photo: Picture,
  pictured: ArrayLike<number>,
  texelsPerPixel: number,
  scale: number,
  eye: EyeTopology,
): PhotographedBall {
  const texel = (pixel: number): number => (pixel + 0.5) * texelsPerPixel - 0.5
  const outline = [...eye.upper, ...eye.lower.slice(1, -1).reverse()]
  const xs = outline.map((vertex) => texel(pictured[vertex * 3]!))
  const ys = outline.map((vertex) => texel(pictured[vertex * 3 + 1]!))
  const margin = MARGIN * scale * texelsPerPixel
  const left = clamp(Math.floor(Math.min(...xs) - margin), photo.width - 4)
  const top = clamp(Math.floor(Math.min(...ys) - margin), photo.height - 4)
  const width = clamp(Math.ceil(Math.max(...xs) + margin), photo.width - 1) - left + 1
  const height = clamp(Math.ceil(Math.max(...ys) + margin), photo.height - 1) - top + 1
  const cut = { left, top, width, height }

  const channels = channelsOf(photo, cut)
  const between = betweenLids(eye, xs, ys, cut)
  const light = {
    values: channels[0].map((red, i) => 0.3 * red + 0.59 * channels[1][i]! + 0.11 * channels[2][i]!),
    width,
    height,
  }
  const circle = findIris(light, between, scale * texelsPerPixel)
  const place = {
    left: (left + 0.5) / texelsPerPixel - 0.5,
    top: (top + 0.5) / texelsPerPixel - 0.5,
    texelsPerPixel,
    irisRadius: (circle?.radius ?? 0) / texelsPerPixel,
  }
  if (!circle) {
    fillSmoothly(channels, between, width, height)
    return { ...place, white: pack(channels, width, height), iris: emptyPicture() }
  }
  const iris = pack(irisColours(channels, between, circle, width), width, height, (x, y) =>
    // The limbus is soft: some tenths of a millimetre.
    smoothstep(circle.radius * 1.1, circle.radius * 0.94, Math.hypot(x - circle.x, y - circle.y)),
  )
  const white = between.map((value, at) => {
    const distance = Math.hypot((at % width) - circle.x, Math.floor(at / width) - circle.y)
    return value === 1 && distance > circle.radius * 1.14 ? 1 : 0
  })
  fillSmoothly(channels, white, width, height)
  return { ...place, white: pack(channels, width, height), iris }
}

interface Cut {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

type Channels = readonly [Float32Array, Float32Array, Float32Array]

function channelsOf(photo: Picture, { left, top, width, height }: Cut): Channels {
  const channel = (shift: number): Float32Array =>
    Float32Array.from({ length: width * height }, (_, i) => {
      const at = (top + Math.floor(i / width)) * photo.width + left + (i % width)
      return (photo.pixels[at]! >>> shift) & 255
    })
  return [channel(0), channel(8), channel(16)]
}

/** 1 for the pixels that lie between the lids for the most part. */
function betweenLids(eye: EyeTopology, xs: readonly number[], ys: readonly number[], cut: Cut): Uint8Array {
  const points = (from: number, count: number): Float32Array =>
    Float32Array.from({ length: count * 2 }, (_, i) => {
      const at = (from + Math.floor(i / 2)) % xs.length
      return i % 2 === 0 ? xs[at]! - cut.left : ys[at]! - cut.top
    })
  const count = eye.upper.length
  const samples = (count - 1) * STEPS + 1
  const upper = new Float32Array(samples * 2)
  const lower = new Float32Array(samples * 2)
  sampleCatmullRom(points(0, count), count, STEPS, upper)
  sampleCatmullRom(points(count - 1, count), count, STEPS, lower)
  const outline = new Float32Array([...upper, ...lower.subarray(2, lower.length - 2)])
  const mask = new CoverageMask(cut.width * cut.height)
  mask.fill(outline, outline.length / 2, cut.width, cut.height, 1)
  const between = new Uint8Array(cut.width * cut.height)
  for (let row = 0; row < mask.height; row++) {
    for (let column = 0; column < mask.width; column++) {
      const covered = mask.values[row * mask.width + column]! > 0.5
      between[(mask.y + row) * cut.width + mask.x + column] = covered ? 1 : 0
    }
  }
  return between
}

/** The iris with what the lids cover: there, the mean of what is visible at the same distance from its middle. */
function irisColours(channels: Channels, between: Uint8Array, circle: IrisCircle, width: number): Channels {
  const rings = Math.ceil(circle.radius * 1.2) + 1
  const fill = (values: Float32Array): Float32Array => {
    const sums = new Float64Array(rings)
    const counts = new Float64Array(rings)
    const ringOf = (at: number): number =>
      Math.round(Math.hypot((at % width) - circle.x, Math.floor(at / width) - circle.y))
    for (let at = 0; at < values.length; at++) {
      const ring = ringOf(at)
      if (between[at] === 0 || ring >= rings) continue
      sums[ring]! += values[at]!
      counts[ring]!++
    }
    let last = 0
    const means = sums.map((sum, ring) => (last = counts[ring]! > 0 ? sum / counts[ring]! : last))
    return values.map((value, at) => (between[at] === 1 ? value : means[Math.min(rings - 1, ringOf(at))]!))
  }
  return [fill(channels[0]), fill(channels[1]), fill(channels[2])]
}

function pack(
  channels: Channels,
  width: number,
  height: number,
  alphaAt: (x: number, y: number) => number = () => 1,
): Picture {
  const pixels = new Uint32Array(width * height)
  for (let at = 0; at < pixels.length; at++) {
    const alpha = alphaAt(at % width, Math.floor(at / width))
    const [red, green, blue] = channels.map((values) => Math.round(values[at]! * alpha)) as [
      number,
      number,
      number,
    ]
    pixels[at] = ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0
  }
  return { pixels, width, height }
}

function emptyPicture(): Picture {
  return { pixels: new Uint32Array(4), width: 2, height: 2 }
}

function clamp(value: number, highest: number): number {
  return Math.min(highest, Math.max(0, value))
}

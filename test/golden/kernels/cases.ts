import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Channels } from '../../../src/dsp/pixel-view.js'
import type { Content } from './noise.js'

export type Kernel = 'linear' | 'lanczos4' | 'bilinear' | 'bicubic' | 'blur' | 'dilate' | 'erode' | 'paste'

/** One picture that OpenCV or Pillow has worked on; see make_pixels.py. */
export interface KernelCase {
  readonly width: number
  readonly height: number
  readonly targetWidth: number
  readonly targetHeight: number
  readonly channels: Channels
  /** The blur's size, or the name of the structuring element. */
  readonly option: string
  readonly content: Content
  readonly seed: number
  /** CRC-32 of the output, in hexadecimal. */
  readonly crc: string
  /** The output itself, where it is stored. */
  readonly output?: Uint8Array
}

/** All cases of one kernel, those whose output is stored first. */
export function kernelCases(kernel: Kernel): KernelCase[] {
  const stored = readFileSync(new URL('outputs.bin', import.meta.url))
  const lines = readFileSync(new URL('cases.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
  const cases = lines.map((line) => line.split('\t')).filter(([name]) => name === kernel)
  return cases
    .map((fields) => {
      const [width, height, targetWidth, targetHeight, channels] = fields.slice(1, 6).map(Number) as Five
      const [option, content, seed, crc, at] = fields.slice(6) as [string, Content, string, string, string]
      const length = targetWidth * targetHeight * channels
      return {
        ...{ width, height, targetWidth, targetHeight, channels, option, content, crc, seed: Number(seed) },
        ...(at !== '' && { output: stored.subarray(Number(at), Number(at) + length) }),
      }
    })
    .sort((a, b) => Number('output' in b) - Number('output' in a))
}

type Five = [number, number, number, number, Channels]

/** What of the case `pixels` does not fit, with the first wrong pixel where it is known; nothing when all is right. */
export function mismatch(expected: KernelCase, pixels: Uint8Array): string[] {
  const crc = crc32(pixels).toString(16).padStart(8, '0')
  if (crc === expected.crc) return []
  const { output, ...named } = expected
  const at = output?.findIndex((value, i) => value !== pixels[i]) ?? -1
  const x = Math.floor(at / expected.channels) % expected.targetWidth
  const y = Math.floor(at / expected.channels / expected.targetWidth)
  const first = at < 0 ? '' : `; first at x ${x}, y ${y}: ${pixels[at]} instead of ${output![at]}`
  return [`${Object.values(named).join(' ')}: CRC ${crc}${first}`]
}

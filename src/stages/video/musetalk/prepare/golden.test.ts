import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGolden, type GoldenTensor } from '../../../../../test/golden/read-golden.js'
import { LinearResizer } from '../../../../dsp/opencv-linear-resize.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import type { RgbPicture } from '../../../../media/rgb-picture.js'
import { sharp, toRgb } from '../../../../media/sharp.js'
import { createOrtSession } from '../../../../runtime/ort.js'
import type { OrtSession } from '../../../../runtime/program.js'
import { dataOf } from '../../../../runtime/tensor.js'
import { FacePasting } from '../compose/face-pasting.js'
import { FACE_SIZE } from '../contract.js'
import { faceBox, surroundingSquare, type Box, type Square } from '../material/face-box.js'
import { blendMask, softMask } from './blend-mask.js'
import { FaceEncoder } from './face-encoder.js'
import { JawMasker } from './jaw-mask.js'
import { parserInput, parserPicture } from './parser-input.js'

/** What OpenCV, Pillow and PyTorch make of a frame, step by step: models/musetalk/golden.py. */
const GOLDEN = fileURLToPath(new URL('../../../../../test/golden/musetalk', import.meta.url))
const device = { kind: 'cpu' } as const

let golden: Record<string, GoldenTensor>
let checksums: Record<string, { readonly sha256: string }>
let frame: RgbPicture
let box: Box
let square: Square
const graphs: OrtSession[] = []
beforeAll(async () => {
  golden = readGolden(GOLDEN)
  checksums = JSON.parse(await readFile(join(GOLDEN, 'checksums.json'), 'utf8')) as typeof checksums
  frame = await toRgb(sharp(join(GOLDEN, 'frame.png')).removeAlpha())
  const [left, top, right, bottom] = tensor('box') as [number, number, number, number]
  box = { left, top, right, bottom }
  square = surroundingSquare(box)
})
afterAll(async () => {
  for (const graph of graphs) await graph.release()
})

async function graphOf(name: string): Promise<OrtSession> {
  const graph = await createOrtSession(join(GOLDEN, 'model', name), device)
  graphs.push(graph)
  return graph
}

function tensor(name: string): ArrayLike<number> {
  return golden[name]!.data
}

/** A stored picture of one channel. */
async function grey(name: string): Promise<Uint8Array> {
  const { data } = await sharp(join(GOLDEN, `${name}.png`))
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return new Uint8Array(data)
}

function expectSame(name: string, bytes: Uint8Array): void {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect([name, sha256]).toEqual([name, checksums[name]!.sha256])
}

/** How many of two lists of bytes differ, and by how much at most. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): { count: number; most: number } {
  expect(a.length).toBe(b.length)
  let [count, most] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) count += 1
    most = Math.max(most, Math.abs(a[i]! - b[i]!))
  }
  return { count, most }
}

const SAME = { count: 0, most: 0 }

describe('what is prepared of a frame', () => {
  it('finds the box and the square around it', () => {
    const { width, height } = frame
    const options = { mode: 'reference', width, height, bboxShift: 0, extraMargin: 10 } as const
    expect(faceBox(tensor('landmarks'), options)).toEqual(box)
    const [left, top, right] = tensor('square') as [number, number, number]
    expect(square).toEqual({ left, top, side: right - left })
  })

  it('shows the encoder the same face, and gets the same latents', async () => {
    const encoder = new FaceEncoder(await graphOf('vae-encoder.onnx'))
    expectSame('crop', encoder.crop(frame, box))
    const latents = await encoder.latents(frame, box)
    const expected = tensor('latents')
    expect(latents).toHaveLength(expected.length)
    // The latents reach 4.3, where half precision, in which they are kept, has steps of 4e-3.
    const furthest = Math.max(...Array.from(latents, (value, i) => Math.abs(value - expected[i]!)))
    expect(furthest).toBeLessThan(1e-3)
  })

  it('shows the parser the same square, and gets the same classes', async () => {
    expectSame('parse_input', parserPicture(frame, square))
    const parser = await graphOf('face-parse.onnx')
    const image = { data: parserInput(frame, square), dims: [1, 3, 512, 512] }
    const { classes } = await parser.run({ image }, ['classes'])
    // A tie may fall to the other side.
    const { count } = difference(dataOf(classes, 'uint8'), await grey('parsed'))
    expect(count).toBeLessThan(0.0005 * 512 * 512)
  })

  it('makes the same mask of the same classes', async () => {
    const jaw = new JawMasker().mask(await grey('classes'))
    expect(difference(jaw, await grey('region'))).toEqual(SAME)
    expect(difference(softMask(jaw, box, square), await grey('mask'))).toEqual(SAME)
  })

  it('composes the same frame of the same face', async () => {
    const face = new Uint8Array(tensor('face_0'))
    const [width, height] = [box.right - box.left, box.bottom - box.top]
    const stretched = new Uint8Array(width * height * 3)
    new LinearResizer(FACE_SIZE, FACE_SIZE, width, height, 3).run(
      pixelView(face, FACE_SIZE, 3),
      pixelView(stretched, width, 3),
    )
    expectSame('resized_0', stretched)

    const { place, values } = blendMask(await grey('region'), box, square, 'reference')
    const composed = frame.rgb.slice()
    const pasting = new FacePasting(width * height)
    pasting.paste(composed, frame.width, face, { box, maskPlace: place, mask: values }, 1)
    expectSame('composed_0', composed)
  })
})

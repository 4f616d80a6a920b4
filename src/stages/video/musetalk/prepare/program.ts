import { floatsToHalves } from '../../../../dsp/half-float.js'
import { InputError } from '../../../../errors.js'
import { fromRgb } from '../../../../media/sharp.js'
import type { RgbPicture } from '../../../../media/rgb-picture.js'
import { defineProgram, type OrtSession, type Program } from '../../../../runtime/program.js'
import { dataOf } from '../../../../runtime/tensor.js'
import { LANDMARK_VALUES } from '../../../avatar/manifest.js'
import { LATENT_VALUES, type MusetalkMode } from '../contract.js'
import { faceBox, surroundingSquare, type Box, type Square } from '../material/face-box.js'
import { ibugLandmarks } from '../material/landmarks-68.js'
import type { MaterialSource } from '../material/source.js'
import { completeBoxes } from '../material/track-boxes.js'
import { openBaseFrames, type BaseFrames } from './base-frames.js'
import { blendMask } from './blend-mask.js'
import { FaceEncoder } from './face-encoder.js'
import { JawMasker } from './jaw-mask.js'
import { meshClasses } from './mesh-classes.js'
import { CLASSES_SIZE, parserInput } from './parser-input.js'
import { seesFace } from './sees-face.js'
import type { PreparedFrame } from './prepared-frame.js'

/** What the worker is loaded with. */
export interface PrepareConfig {
  /** Files in the model's folder. */
  readonly vaeEncoder: string
  /** Without it the jaw is told by the mesh. */
  readonly faceParse?: string
  /** Threads of a run. */
  readonly threads: number
}

/** Whose material a session makes, and how. */
export interface PrepareInit {
  readonly source: MaterialSource
  readonly mode: MusetalkMode
  /** See `FaceBoxOptions`. */
  readonly extraMargin: number
}

/**
 * The worker's program: makes what MuseTalk needs of the frames of a face, one frame an item. A session takes one
 * input, the frame to begin at.
 */
export default defineProgram(
  async (
    context,
    { vaeEncoder, faceParse, threads }: PrepareConfig,
  ): Promise<Program<PrepareInit, number, PreparedFrame>> => {
    const encoder = new FaceEncoder(await context.createSession(vaeEncoder, { threads }))
    const parser = faceParse === undefined ? undefined : await context.createSession(faceParse, { threads })
    const jaws = new JawMasker()

    return {
      open: async ({ source, mode, extraMargin }) => {
        const frames = await openBaseFrames(source)
        const { count, fps, width, height } = frames
        const boxes = boxesOf(frames, mode, extraMargin)
        return {
          async *process(first) {
            for (let index = first; index < count; index++) {
              const frame = { rgb: await frames.read(index), width, height }
              const box = boxes[index]!
              const square = surroundingSquare(box)
              const meshed = meshClasses(landmarksOf(frames, index), square)
              const parsed = parser && (await parsedClasses(parser, frame, square))
              const isTrusted = mode === 'reference' || (parsed && seesFace(parsed, meshed))
              const classes = (isTrusted ? parsed : undefined) ?? meshed
              const { place, values } = blendMask(jaws.mask(classes), box, square, mode)
              const latents = new Uint16Array(LATENT_VALUES)
              floatsToHalves(await encoder.latents(frame, box), latents)
              yield {
                ...{ count, fps, width, height, box, maskPlace: place, mask: values },
                latents,
                ...(!frames.isFilm && { picture: await pngOf(frame) }),
              }
            }
          },
        }
      },
      transfer: ({ mask, latents, picture }) => [
        mask.buffer,
        latents.buffer,
        ...(picture === undefined ? [] : [picture.buffer]),
      ],
    }
  },
)

function landmarksOf({ landmarks }: BaseFrames, index: number): Float32Array {
  return landmarks.subarray(index * LANDMARK_VALUES, (index + 1) * LANDMARK_VALUES)
}

function boxesOf(frames: BaseFrames, mode: MusetalkMode, extraMargin: number): readonly Box[] {
  const { count, width, height, bboxShift } = frames
  const found = Array.from({ length: count }, (_, index) =>
    faceBox(ibugLandmarks(landmarksOf(frames, index)), { mode, width, height, bboxShift, extraMargin }),
  )
  const boxes = completeBoxes(found)
  if (boxes !== undefined) return boxes
  throw new InputError(
    `In none of the ${count} frames of ${width} × ${height} pixels the face is far enough inside the picture to be ` +
      'drawn. Use a picture or video in which it can be seen from the forehead to the chin.',
  )
}

async function parsedClasses(parser: OrtSession, frame: RgbPicture, square: Square): Promise<Uint8Array> {
  const dims = [1, 3, CLASSES_SIZE, CLASSES_SIZE]
  const { classes } = await parser.run({ image: { data: parserInput(frame, square), dims } }, ['classes'])
  return dataOf(classes, 'uint8')
}

async function pngOf(frame: RgbPicture): Promise<Uint8Array<ArrayBuffer>> {
  // A copy of its own: the encoder's memory may be pooled, and a pool cannot be moved to another thread.
  return new Uint8Array(await fromRgb(frame).png({ compressionLevel: 3, adaptiveFiltering: true }).toBuffer())
}

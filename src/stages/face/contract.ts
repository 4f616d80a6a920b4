import { z } from 'zod'
import { manifestSchema } from '../../runtime/manifest.js'
import { checkShape } from '../../runtime/parse-json.js'

/** Names, shapes and meanings of what the two networks take and give. */

/** The detector: a square picture in; for each of 896 anchors a box with six points, and a score. */
export const DETECTOR = {
  /** Pixels of each side of the input, [1, 3, side, side], −1…1. */
  side: 128,
  input: 'input',
  /** [1, anchors, 16]: centre, width, height, then x and y of six points; pixels of the input, from the anchor on. */
  boxes: 'regressors',
  boxLength: 16,
  /** Where in a box the first two points begin: the person's right eye and left eye. */
  rightEye: 4,
  leftEye: 6,
  /** [1, anchors, 1]: how sure it is, before the sigmoid. */
  scores: 'classificators',
  /** The anchors: grids of cells, each with so many anchors in the middle of a cell, in the order of the outputs. */
  grids: [
    { cells: 16, anchors: 2 },
    { cells: 8, anchors: 6 },
  ],
} as const

/** The mesh: a square picture of one upright face in; 468 points and the face's presence out. */
export const MESH = {
  /** Pixels of each side of the input, [1, 3, side, side], 0…1. */
  side: 192,
  input: 'input_1',
  /** 468 × (x, y, z), pixels of the input; z away from the viewer, on the scale of x. */
  landmarks: 'conv2d_21',
  /** One number: whether there is a face, before the sigmoid. */
  presence: 'conv2d_31',
} as const

/** Points of a face. */
export const LANDMARK_COUNT = 468

/** Landmarks by their places; "right" is the person's own, which is on the left of the picture. */
export const LANDMARK = {
  rightEyeOuterCorner: 33,
  leftEyeOuterCorner: 263,
  rightCheek: 234,
  leftCheek: 454,
} as const

/** What a face must reach to be believed, of the detector's score and of the mesh's presence. */
export const BELIEVED = 0.5

const contractSchema = manifestSchema.extend({
  /** The npm package that the files are in. */
  package: z.object({ name: z.string(), version: z.string() }),
  /** The file of all graphs one after another, and the script that says where each begins. */
  packed: z.object({ data: z.string(), loader: z.string() }),
  /** Which of the packed files is which network. */
  graphs: z.object({ detector: z.string(), mesh: z.string() }),
})

/** `models/face/model.json` */
export type FaceContract = z.infer<typeof contractSchema>

/**
 * Reads the face model's own part of a parsed `model.json`.
 *
 * @throws ModelLoadError that lists every field that is missing or wrong.
 */
export function parseFaceContract(manifest: unknown): FaceContract {
  return checkShape(contractSchema, manifest, 'model.json of the face model')
}

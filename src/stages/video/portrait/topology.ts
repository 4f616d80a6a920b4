/**
 * Named vertices of MediaPipe's canonical face mesh. "Right" and "left" are the character's own: right is on the left
 * of the picture. Source: the canonical face model of MediaPipe (Apache-2.0), see models/portrait/NOTICE.
 */

export const FACE_VERTEX_COUNT = 468

/** The face's outline, closed, clockwise in the picture from the top of the forehead. */
export const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const

/** Rings of the upper lip from the vermilion border (0) to the seam (3), each from the right to the left corner. */
export const UPPER_LIP = [
  [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
  [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
  [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
] as const

/** Rings of the lower lip, in the order of {@link UPPER_LIP}; the corners are shared with it. */
export const LOWER_LIP = [
  [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
  [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
  [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
] as const

export const UPPER_SEAM = UPPER_LIP[3]
export const LOWER_SEAM = LOWER_LIP[3]

export const LIP_VERTICES: readonly number[] = [...new Set([...UPPER_LIP, ...LOWER_LIP].flat())]

export interface EyeTopology {
  /** Lid margins from the outer to the inner corner; the corners are shared. */
  readonly upper: readonly number[]
  readonly lower: readonly number[]
  /** The ring above the upper lid, where the lid folds. */
  readonly crease: readonly number[]
  readonly brow: readonly number[]
}

export const RIGHT_EYE: EyeTopology = {
  upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
  lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  crease: [247, 30, 29, 27, 28, 56, 190],
  brow: [70, 63, 105, 66, 107, 46, 53, 52, 65, 55],
}

export const LEFT_EYE: EyeTopology = {
  upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
  lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
  crease: [467, 260, 259, 257, 258, 286, 414],
  brow: [300, 293, 334, 296, 336, 276, 283, 282, 295, 285],
}

/** Both eyes; index 0 is the right eye, 1 the left. */
export const EYES = [RIGHT_EYE, LEFT_EYE] as const

export const LID_VERTICES: readonly number[] = [
  ...new Set(EYES.flatMap((eye) => [...eye.upper, ...eye.lower])),
]

/** Vertices of the nose that speech does not move. */
export const NOSE: readonly number[] = [
  1, 2, 4, 5, 6, 19, 94, 97, 98, 99, 168, 195, 197, 326, 327, 328, 48, 278, 64, 294, 129, 358, 44, 274, 220,
  440, 45, 275,
]

/** Vertices of the chin that follow the jaw fully. */
export const CHIN: readonly number[] = [199, 175, 200, 18, 83, 313, 201, 421, 208, 428, 171, 396]

/** Vertex at the bottom of the chin, and at the top of the forehead. */
export const CHIN_TIP = 152
export const FOREHEAD_TOP = 10

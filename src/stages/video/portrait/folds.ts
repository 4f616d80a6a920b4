import { BLENDSHAPE_INDEX, type BlendshapeName } from '../../../pipeline/blendshapes.js'

/** Light that an expression adds to, or takes from, some vertices of the face at weight 1, in −1…1. */
export interface Fold {
  readonly channel: number
  readonly vertices: readonly number[]
  readonly shade: number
}

/**
 * Where expressions fold the skin: the folds are finer than the mesh, so their shading is authored. Vertices of
 * MediaPipe's canonical face.
 */
export const FOLDS: readonly Fold[] = [
  // From the wings of the nose past the corners of the mouth, with the cheek swelling above.
  ...pair('mouthSmile', [327, 423, 426, 436], [98, 203, 206, 216], -0.14),
  ...pair('mouthSmile', [280, 425, 330, 266], [50, 205, 101, 36], 0.06),
  ...pair('mouthSmile', [287, 410], [57, 186], -0.12),
  ...pair('cheekSquint', [449, 450, 451], [229, 230, 231], -0.04),
  ...pair('cheekSquint', [280, 330, 347], [50, 101, 118], 0.04),
  ...pair('eyeSquint', [449, 450, 451, 448], [229, 230, 231, 228], -0.05),
  ...pair('noseSneer', [327, 423, 426], [98, 203, 206], -0.2),
  ...pair('noseSneer', [351, 412, 419], [122, 188, 196], -0.2),
  ...pair('browDown', [285, 336, 417], [55, 107, 193], -0.12),
  ...pair('mouthFrown', [287, 273, 422], [57, 43, 202], -0.14),
  ...pair('mouthUpperUp', [423, 426], [203, 206], -0.1),
  ...pair('mouthDimple', [287, 410], [57, 186], -0.3),
  fold('browDown', 'Left', [8], -0.06),
  fold('browDown', 'Right', [8], -0.06),
  fold('browInnerUp', '', [151, 108, 337], -0.1),
  fold('browInnerUp', '', [9, 107, 336], 0.06),
  fold('mouthShrugLower', '', [200, 18], -0.16),
  fold('cheekPuff', '', [205, 425, 187, 411, 50, 280], 0.1),
  fold('cheekPuff', '', [423, 426, 203, 206, 287, 57], -0.12),
]

function pair(name: string, left: readonly number[], right: readonly number[], shade: number): Fold[] {
  return [fold(name, 'Left', left, shade), fold(name, 'Right', right, shade)]
}

function fold(name: string, side: 'Left' | 'Right' | '', vertices: readonly number[], shade: number): Fold {
  return { channel: BLENDSHAPE_INDEX[`${name}${side}` as BlendshapeName], vertices, shade }
}

/** The shape of the avatar's face: the canonical mesh made into a character, and where it lies in the drawing. */
import { readFileSync } from 'node:fs'
import { bell, clamp01, lerp, pointAlong, smooth } from './numbers.mjs'

const canonical = JSON.parse(readFileSync(new URL('../canonical-face.json', import.meta.url), 'utf8'))

export const TRIANGLES = canonical.triangles
const COUNT = 468

export const PIXELS_PER_CM = 14.4
/** The part of the drawing that fills the picture. */
export const VIEW = { x: 33, y: 24, side: 446 }
export const CENTRE_X = 256
const ORIGIN_Y = 240

export const OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109] // prettier-ignore
/** Rings of the lips from the vermilion border to the seam, each from the picture's left corner to the right. */
export const UPPER_LIP = [
  [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
  [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
  [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
]
export const LOWER_LIP = [
  [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
  [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
  [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
]
/** Lid margins from the outer to the inner corner; brows from the tail to the nose. */
export const EYES = [
  {
    side: -1,
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
    browTop: [70, 63, 105, 66, 107],
    browBottom: [46, 53, 52, 65, 55],
  },
  {
    side: 1,
    upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
    lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
    browTop: [300, 293, 334, 296, 336],
    browBottom: [276, 283, 282, 295, 285],
  },
]

/** Half of the outline that the face is given, from the hairline to the chin: x, y in centimetres. */
const OUTLINE = [[0, 8.75], [2.2, 8.6], [4, 7.75], [5.2, 6.3], [5.85, 4.4], [6.06, 2.3], [6.03, 0.6], [5.78, -1.2], [5.22, -3], [4.14, -4.6], [2.84, -5.86], [1.64, -6.6], [0.74, -6.87], [0, -6.92]] // prettier-ignore
/** The outline is given along rays from here. */
const OUTLINE_CENTRE_Y = -0.4

/** The face in centimetres: x to its left, y up, z out of it. */
export const FACE = restyle(
  Array.from({ length: COUNT }, (_, i) => canonical.vertices.slice(i * 3, i * 3 + 3)),
)

export const X = (i) => CENTRE_X + FACE[i][0] * PIXELS_PER_CM
export const Y = (i) => ORIGIN_Y - FACE[i][1] * PIXELS_PER_CM
export const P = (i) => [X(i), Y(i)]
export const faceOutline = OVAL.map(P)

/** Middle of an eye in centimetres. */
export function eyeCentre({ upper }, face = FACE) {
  return [0, 1].map((axis) => (face[upper[0]][axis] + face[upper[8]][axis]) / 2)
}

function restyle(source) {
  const face = source.map((vertex) => [...vertex])
  for (const eye of EYES) enlargeEye(face, source, eye)
  closeLips(face, source)
  shapeLips(face)
  source.forEach(([x, y], i) => shapeMiddle(face[i], x, y))
  fitOutline(face)
  return face
}

/** Larger eyes, a little further apart, with outer corners a little higher than the inner ones. */
function enlargeEye(face, source, eye) {
  const [cx, cy] = eyeCentre(eye, source)
  for (const v of face) {
    const dx = v[0] - cx
    const dy = v[1] - cy
    const near = (reach) => Math.exp(-((Math.hypot(dx, dy) / reach) ** 4))
    v[0] = cx + dx * (1 + 0.44 * near(1.9)) + 0.2 * Math.sign(cx) * near(2.1)
    // A bell as soft as this one never folds the skin between lid and brow.
    v[1] = cy + dy * (1 + 1.2 * bell(Math.hypot(dx, dy), 1.3)) + 0.075 * near(2) * dx * Math.sign(cx)
  }
}

/** The canonical mouth is ajar; both seams are brought together. */
function closeLips(face, source) {
  const seamY = (source[13][1] + source[14][1]) / 2
  const half = source[13][1] - seamY
  source.forEach(([x, y], i) => {
    const gap = half * Math.sqrt(Math.max(0, 1 - (x / 2.3) ** 2))
    face[i][1] += (y > seamY ? -1 : 1) * gap * Math.exp(-(((y - seamY) / 1.9) ** 4))
  })
  UPPER_LIP[3].forEach((upper, k) => {
    const lower = LOWER_LIP[3][k]
    const middle = (face[upper][1] + face[lower][1]) / 2
    face[upper][1] = middle + 0.004
    face[lower][1] = middle - 0.004
  })
}

/** A cupid's bow, a full upper lip and a soft lower one; moves are given from corner to corner. */
function shapeLips(face) {
  const upperBorder = [0, -0.1, 0.01, 0.13, 0.22, 0.12, 0.22, 0.13, 0.01, -0.1, 0]
  const seam = [0, -0.06, -0.08, -0.04, 0.01, 0.005, 0.01, -0.04, -0.08, -0.06, 0]
  for (const rings of [UPPER_LIP, LOWER_LIP]) {
    const border = rings === UPPER_LIP ? upperBorder : lowerBorder(face)
    rings.forEach((ring, r) => {
      for (let k = 1; k < 10; k++) face[ring[k]][1] += lerp(border[k], seam[k], r / 3)
    })
  }
}

/** Moves that make the lower lip's border one bow from corner to corner. */
function lowerBorder(face) {
  const ring = LOWER_LIP[0]
  const [cornerX, cornerY] = face[ring[10]]
  const bottom = face[ring[5]][1] - 0.1
  return ring.map((vertex) => {
    const [x, y] = face[vertex]
    return lerp(cornerY, bottom, clamp01(1 - (x / cornerX) ** 2) ** 0.72) - y
  })
}

/** Moves of one vertex that depend on where it is in the canonical face (x, y). */
function shapeMiddle(v, x, y) {
  // A friendly mouth: its corners a little up and out.
  v[1] += 0.5 * Math.exp(-(((Math.abs(x) - 2.45) / 1.15) ** 2) - ((y + 4.35) / 1.3) ** 2)
  v[0] *= 1 + 0.07 * Math.exp(-(((y + 4.3) / 1.7) ** 4) - (x / 3) ** 4)
  // A narrower nose, most of all at its wings.
  v[0] *= 1 - 0.17 * Math.exp(-((x / 2.1) ** 4) - ((y + 1.1) / 1.5) ** 4)
  // The middle and the lower face are shortened, so that the thirds of the face agree.
  v[1] += 0.8 * smooth(1.4, -2.2, y)
  v[1] += 1.2 * clamp01((-4.6 - y) / 4.8) ** 1.3
  v[0] *= 0.885 - 0.06 * smooth(1, -7, y)
}

/** Stretches the face along rays from its middle until its outline is {@link OUTLINE}; features hardly move. */
function fitOutline(face) {
  const right = Array.from({ length: 241 }, (_, k) => pointAlong(OUTLINE, k / 240))
  const target = [...right, ...right.map(([x, y]) => [-x, y]).reverse()]
  const current = OVAL.map((i) => face[i].slice(0, 2))
  const radiusOfTarget = radialDistance(target)
  const radiusNow = radialDistance(current)
  for (const v of face) {
    const dy = v[1] - OUTLINE_CENTRE_Y
    const angle = Math.atan2(v[0], dy)
    const now = radiusNow(angle)
    const out = smooth(0.42, 1, Math.hypot(v[0], dy) / now)
    const factor = lerp(1, radiusOfTarget(angle) / now, out)
    v[0] *= factor
    v[1] = OUTLINE_CENTRE_Y + dy * factor
  }
}

/** Distance from the outline's centre to a closed polygon, as a function of the angle from straight up. */
function radialDistance(polygon) {
  return (angle) => {
    const ray = [Math.sin(angle), Math.cos(angle)]
    let furthest = 0
    polygon.forEach(([ax, ay], k) => {
      const [bx, by] = polygon[(k + 1) % polygon.length]
      const [px, py] = [ax, ay - OUTLINE_CENTRE_Y]
      const [ex, ey] = [bx - ax, by - ay]
      const across = ray[0] * ey - ray[1] * ex
      if (Math.abs(across) < 1e-12) return
      const distance = (px * ey - py * ex) / across
      const share = (px * ray[1] - py * ray[0]) / across
      if (share >= -1e-9 && share <= 1 + 1e-9 && distance > furthest) furthest = distance
    })
    return furthest
  }
}

/** What avatar.json says of the shape: all vertices in a square of `size`, z away from the viewer. */
export function landmarksIn(size) {
  const zoom = size / VIEW.side
  return FACE.flatMap((v, i) => [
    (X(i) - VIEW.x) * zoom,
    (Y(i) - VIEW.y) * zoom,
    -v[2] * PIXELS_PER_CM * zoom,
  ]).map((value) => Math.round(value * 100) / 100)
}

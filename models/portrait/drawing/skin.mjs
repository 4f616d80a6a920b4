/** The skin: light computed from the mesh's normals, written as small patches that a blur makes one surface. */
import { bell, clamp01, hex, lerp, mix, short, smooth } from './numbers.mjs'
import { blur, blurLarge, curve, ellipse, group, path, softFirst, stroke } from './svg.mjs'
import { CENTRE_X, EYES, FACE, OVAL, P, TRIANGLES, X, Y, eyeCentre } from './face-shape.mjs'

const SKIN_SHADOW = [166, 98, 76]
const SKIN_TURN = [217, 151, 122]
const SKIN_MID = [242, 194, 167]
const SKIN_LIGHT = [255, 228, 208]
const SKIN_SHINE = [255, 246, 237]

function skinColour(light) {
  if (light < 0.35) return mix(SKIN_SHADOW, SKIN_TURN, clamp01(light / 0.35))
  if (light < 0.68) return mix(SKIN_TURN, SKIN_MID, (light - 0.35) / 0.33)
  return mix(SKIN_MID, SKIN_LIGHT, clamp01((light - 0.68) / 0.32))
}

const normalise = (v) => v.map((x) => x / Math.hypot(...v))
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const KEY = normalise([-0.5, 0.5, 0.8])
const FILL = normalise([0.8, 0.1, 0.5])
const HALF = normalise(KEY.map((v, k) => v + [0, 0, 1][k]))

function vertexNormals() {
  const normals = FACE.map(() => [0, 0, 0])
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    const corners = TRIANGLES.slice(t, t + 3)
    const [a, b, c] = corners.map((i) => FACE[i])
    const u = b.map((v, k) => v - a[k])
    const w = c.map((v, k) => v - a[k])
    const n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]]
    const towardsViewer = n[2] < 0 ? -1 : 1
    for (const i of corners) for (let k = 0; k < 3; k++) normals[i][k] += n[k] * towardsViewer
  }
  return normals.map(normalise)
}

function vertexColours() {
  const normals = vertexNormals()
  const eyes = EYES.map((eye) => eyeCentre(eye))
  return FACE.map(([x, y], i) => {
    const n = normals[i]
    let light = 0.38 + 0.48 * clamp01((dot(n, KEY) + 0.25) / 1.25) + 0.12 * clamp01(dot(n, FILL))
    for (const [ex, ey] of eyes) light -= 0.1 * bell(x - ex, 1.7) * bell(y - ey - 0.8, 0.75)
    // Hair keeps light from the forehead's rim; temples and jaw turn away.
    light -= 0.1 * smooth(6.6, 8.7, y)
    light -= 0.16 * smooth(0.66, 1.02, Math.abs(x) / lerp(4.9, 6.2, smooth(-6, 0, y)))
    const rosy =
      0.5 * bell(Math.abs(x) - 3.7, 1.5) * bell(y + 0.2, 1.25) +
      0.26 * bell(x, 0.9) * bell(y + 0.5, 0.8) +
      0.16 * bell(x, 1.5) * bell(y + 6, 0.9)
    const [red, green, blue] = skinColour(light)
    const shine = 0.26 * Math.max(0, dot(n, HALF)) ** 22
    return mix(
      [red * (1 + 0.01 * rosy), green * (1 - 0.13 * rosy), blue * (1 - 0.11 * rosy)],
      SKIN_SHINE,
      shine,
    )
  })
}

/** A patch is split while its corners differ by more than this (in RGB) and it is larger than some units. */
const PATCH_SPREAD = 20
const PATCH_SIZE = 6

export function skinPatches() {
  const colours = vertexColours()
  const patches = []
  const patch = (points, colour) => {
    const d = `M${points.map((p) => `${short(p[0])} ${short(p[1])}`).join('L')}Z`
    patches.push(`<path d="${d}" fill="${hex(colour)}" stroke="${hex(colour)}"/>`)
  }
  const emit = (corners) => {
    const edges = [0, 1, 2].map((k) => [corners[k], corners[(k + 1) % 3]])
    const spread = Math.max(...edges.map(([a, b]) => Math.hypot(...a.c.map((v, j) => v - b.c[j]))))
    const size = Math.max(...edges.map(([a, b]) => Math.hypot(a.p[0] - b.p[0], a.p[1] - b.p[1])))
    if (spread <= PATCH_SPREAD || size <= PATCH_SIZE) {
      const mean = [0, 1, 2].map((j) => (corners[0].c[j] + corners[1].c[j] + corners[2].c[j]) / 3)
      return patch(corners.map((corner) => corner.p), mean) // prettier-ignore
    }
    const middle = edges.map(([a, b]) => ({ p: mix(a.p, b.p, 0.5), c: mix(a.c, b.c, 0.5) }))
    emit([corners[0], middle[0], middle[2]])
    emit([corners[1], middle[1], middle[0]])
    emit([corners[2], middle[2], middle[1]])
    emit(middle)
  }
  // A band beyond the outline, so that the blur does not pull the background in.
  const beyond = (i) => [CENTRE_X + (X(i) - CENTRE_X) * 1.15, 225 + (Y(i) - 225) * 1.15]
  OVAL.forEach((a, k) => {
    const b = OVAL[(k + 1) % OVAL.length]
    patch([P(a), beyond(a), beyond(b), P(b)], colours[a])
  })
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    emit(TRIANGLES.slice(t, t + 3).map((i) => ({ p: P(i), c: colours[i] })))
  }
  return group(`stroke-width=".7" ${blurLarge(3)}`, patches)
}

const JAW = [454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234] // prettier-ignore

/** What the mesh is too coarse for: blush, the cheeks' hollow, the chin, and light from behind along the jaw. */
export function complexion() {
  const jaw = JAW.map(P)
  const chinY = Y(152)
  return softFirst([
    ...EYES.flatMap(({ side }) => [
      ellipse(CENTRE_X + side * 57, Y(50) + 2, 24, 14, `fill="#e98f7c" opacity=".15" ${blur(8)}`),
      ellipse(CENTRE_X + side * (side < 0 ? 52 : 49), Y(50) - 12, 17, 8, `fill="#fff3e8" opacity="${side < 0 ? 0.42 : 0.26}" ${blur(8)}`), // prettier-ignore
      path(curve([[CENTRE_X + side * 80, Y(50) + 14], [CENTRE_X + side * 58, Y(50) + 30], [CENTRE_X + side * 44, Y(50) + 48], [CENTRE_X + side * 66, Y(50) + 46]], true), `fill="#b56a50" opacity=".2" ${blur(8)}`), // prettier-ignore
    ]),
    ellipse(CENTRE_X - 6, Y(151) - 2, 34, 13, `fill="#fff4ea" opacity=".4" ${blur(8)}`),
    ellipse(CENTRE_X - 4, chinY - 22, 13, 7, `fill="#fff1e6" opacity=".42" ${blur(4)}`),
    stroke(curve(jaw), '#a9644c', 10, 0.34, blur(4)),
    stroke(curve(jaw.slice(4, 8).map(([x, y]) => [x - 1.6, y - 0.6])), '#ffe9da', 3, 0.24, blur(2)),
  ])
}

/**
 * Draws the built-in avatar: `node models/portrait/draw-avatar.mjs` writes avatar.svg (five layers) and avatar.json
 * (its landmarks, by construction). The face is the canonical mesh, restyled; its shading is computed from the mesh's
 * normals and written as soft coloured patches; eyes and the inside of the mouth are painted by the renderer.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const here = new URL('./', import.meta.url)
const canonical = JSON.parse(readFileSync(new URL('canonical-face.json', here), 'utf8'))

// ---- vocabulary -------------------------------------------------------------------------------------------------

const COUNT = 468
const PIXELS_PER_CM = 14.4
/** The part of the drawing that fills the picture. */
const VIEW = { x: 30, y: 23, side: 446 }
const CENTRE_X = 256
const ORIGIN_Y = 236
const OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109] // prettier-ignore
const UPPER = [
  [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
  [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
  [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
]
const LOWER = [
  [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
  [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
  [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
]
const EYES = [
  {
    side: -1,
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
    crease: [247, 30, 29, 27, 28, 56, 190],
    browTop: [70, 63, 105, 66, 107],
    browBottom: [46, 53, 52, 65, 55],
  },
  {
    side: 1,
    upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
    lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
    crease: [467, 260, 259, 257, 258, 286, 414],
    browTop: [300, 293, 334, 296, 336],
    browBottom: [276, 283, 282, 295, 285],
  },
]

const clamp01 = (x) => Math.min(1, Math.max(0, x))
const smooth = (a, b, x) => {
  const t = clamp01((x - a) / (b - a))
  return t * t * (3 - 2 * t)
}
const lerp = (a, b, t) => a + (b - a) * t
const mix = (a, b, t) => a.map((v, i) => lerp(v, b[i], t))
const hex = (c) =>
  '#' +
  c
    .map((v) =>
      Math.round(Math.min(255, Math.max(0, v)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')
const n1 = (x) => String(Math.round(x * 10) / 10)
/** A repeatable random source, so that drawing twice gives the same file. */
const makeRandom = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 4294967296
}

// ---- the face's shape -------------------------------------------------------------------------------------------

const C = Array.from({ length: COUNT }, (_, i) => canonical.vertices.slice(i * 3, i * 3 + 3))
const Q = restyle(C)

/** The canonical face made into a character: larger eyes, shorter middle, slimmer jaw, closed and slightly smiling. */
function restyle(source) {
  const q = source.map((v) => [...v])
  for (const eye of EYES) {
    const outer = source[eye.upper[0]]
    const inner = source[eye.upper[8]]
    const centre = [(outer[0] + inner[0]) / 2, (outer[1] + inner[1]) / 2]
    for (const v of q) {
      const dx = v[0] - centre[0]
      const dy = v[1] - centre[1]
      const r = Math.hypot(dx, dy)
      v[0] = centre[0] + dx * (1 + 0.36 * Math.exp(-((r / 1.9) ** 4)))
      v[1] = centre[1] + dy * (1 + 0.88 * Math.exp(-((r / 1.6) ** 4)))
      // Outer corners a little higher than inner ones.
      v[1] += 0.1 * Math.exp(-((r / 2) ** 4)) * (dx * Math.sign(centre[0])) * 0.6
    }
  }
  const seamY = (source[13][1] + source[14][1]) / 2
  for (const [part, sign] of [
    [UPPER, -1],
    [LOWER, 1],
  ]) {
    const half = source[13][1] - seamY
    for (let i = 0; i < COUNT; i++) {
      const isUpper = source[i][1] > seamY
      if ((part === UPPER) !== isUpper) continue
      const gapAt = half * Math.sqrt(Math.max(0, 1 - (source[i][0] / 2.3) ** 2))
      const near = Math.exp(-(((source[i][1] - seamY) / 1.9) ** 4))
      q[i][1] += sign * gapAt * near
    }
  }
  for (let k = 0; k < 11; k++) {
    const middle = (q[UPPER[3][k]][1] + q[LOWER[3][k]][1]) / 2
    q[UPPER[3][k]][1] = middle + 0.004
    q[LOWER[3][k]][1] = middle - 0.004
  }
  // A lower lip that stays full towards the corners.
  for (const [k, down] of [[1, 0.22], [2, 0.19], [3, 0.09], [7, 0.09], [8, 0.19], [9, 0.22]]) q[LOWER[0][k]][1] -= down // prettier-ignore
  for (let i = 0; i < COUNT; i++) {
    const [cx, cy] = source[i]
    const v = q[i]
    // A friendly mouth: corners up and out.
    const corner = Math.exp(-(((Math.abs(cx) - 2.45) / 1.15) ** 2) - ((cy + 4.35) / 1.3) ** 2)
    v[1] += 0.52 * corner
    v[0] *= 1 + 0.2 * Math.exp(-(((cy + 4.3) / 1.7) ** 4) - (cx / 3) ** 4)
    // Narrower nose.
    v[0] *= 1 - 0.14 * Math.exp(-((cx / 2.1) ** 4) - ((cy + 1.1) / 1.5) ** 4)
    // Shorter middle of the face, softer chin.
    v[1] += 0.75 * smooth(1.4, -2.2, cy)
    v[1] += 0.85 * clamp01((-4.6 - cy) / 4.8) ** 1.4
    v[0] *= 0.885 - 0.16 * smooth(1, -7, cy) + 0.05 * smooth(-7, -9.4, cy)
    v[0] *= 1 - 0.06 * smooth(5, 8.2, cy)
  }
  return q
}

const X = (i) => CENTRE_X + Q[i][0] * PIXELS_PER_CM
const Y = (i) => ORIGIN_Y - Q[i][1] * PIXELS_PER_CM
const P = (i) => [X(i), Y(i)]

// ---- paths ------------------------------------------------------------------------------------------------------

/** A smooth path (Catmull-Rom as cubic Béziers) through points, in relative commands to keep the file small. */
function curve(points, closed = false) {
  const n = points.length
  const at = (i) => (closed ? points[(i + n) % n] : points[Math.min(n - 1, Math.max(0, i))])
  const round = (x) => Math.round(x * 10) / 10
  let pen = [round(points[0][0]), round(points[0][1])]
  let d = `M${pen[0]} ${pen[1]}`
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [a, b, c, e] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    const controls = [0, 1].map((k) => [b[k] + (c[k] - a[k]) / 6, c[k] - (e[k] - b[k]) / 6, c[k]])
    const steps = [0, 1, 2].flatMap((j) => [0, 1].map((k) => round(controls[k][j] - pen[k])))
    d += `c${steps
      .map((v) => String(v).replace(/^(-?)0\./, '$1.'))
      .join(' ')
      .replaceAll(' -', '-')}`
    pen = [round(pen[0] + steps[4]), round(pen[1] + steps[5])]
  }
  return closed ? d + 'Z' : d
}
const path = (d, attributes) => `<path d="${d}" ${attributes}/>`
const stroke = (d, colour, width, opacity, extra = '') =>
  path(
    d,
    `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" opacity="${opacity}" ${extra}`,
  )
const ellipse = (cx, cy, rx, ry, attributes) =>
  `<ellipse cx="${n1(cx)}" cy="${n1(cy)}" rx="${n1(rx)}" ry="${n1(ry)}" ${attributes}/>`
const blur = (k) => `filter="url(#b${String(k).replace('.', '')})"`

// ---- skin -------------------------------------------------------------------------------------------------------

const SKIN_SHADOW = [158, 92, 70]
const SKIN_TURN = [214, 146, 116]
const SKIN_MID = [241, 190, 161]
const SKIN_LIGHT = [254, 224, 201]

function skinColour(light) {
  if (light < 0.35) return mix(SKIN_SHADOW, SKIN_TURN, clamp01(light / 0.35))
  if (light < 0.68) return mix(SKIN_TURN, SKIN_MID, (light - 0.35) / 0.33)
  return mix(SKIN_MID, SKIN_LIGHT, clamp01((light - 0.68) / 0.32))
}

function vertexNormals() {
  const normals = Array.from({ length: COUNT }, () => [0, 0, 0])
  for (let t = 0; t < canonical.triangles.length; t += 3) {
    const [a, b, c] = canonical.triangles.slice(t, t + 3)
    const u = Q[b].map((v, k) => v - Q[a][k])
    const w = Q[c].map((v, k) => v - Q[a][k])
    let n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]]
    if (n[2] < 0) n = n.map((v) => -v)
    for (const i of [a, b, c]) for (let k = 0; k < 3; k++) normals[i][k] += n[k]
  }
  return normals.map((n) => {
    const length = Math.hypot(...n)
    return n.map((v) => v / length)
  })
}

const normalise = (v) => v.map((x) => x / Math.hypot(...v))
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const KEY = normalise([-0.45, 0.5, 0.85])
const FILL = normalise([0.8, 0.1, 0.5])
const HALF = normalise(KEY.map((v, k) => v + [0, 0, 1][k]))

function vertexColours() {
  const normals = vertexNormals()
  const eyeCentres = EYES.map((eye) => [
    (Q[eye.upper[0]][0] + Q[eye.upper[8]][0]) / 2,
    (Q[eye.upper[0]][1] + Q[eye.upper[8]][1]) / 2,
  ])
  return Q.map(([x, y], i) => {
    const n = normals[i]
    let light = 0.3 + 0.5 * clamp01((dot(n, KEY) + 0.25) / 1.25) + 0.12 * clamp01(dot(n, FILL))
    // Occlusion under brows, nose, lower lip and hair.
    for (const [ex, ey] of eyeCentres)
      light -= 0.1 * Math.exp(-(((x - ex) / 1.7) ** 2) - ((y - ey - 0.75) / 0.7) ** 2)
    light -= 0.1 * Math.exp(-((x / 1.3) ** 2) - ((y + 1.75) / 0.55) ** 2)
    light -= 0.1 * smooth(6.3, 8.3, y)
    // Temples and the sides of the jaw turn away.
    light -= 0.13 * smooth(0.62, 1.02, Math.abs(x) / lerp(5.2, 6.6, smooth(-7, 0, y)))
    light += 0.06
    const shine = 0.4 * Math.max(0, dot(n, HALF)) ** 26
    let colour = skinColour(light)
    const rosy =
      0.5 * Math.exp(-(((Math.abs(x) - 4) / 1.6) ** 2) - ((y + 0.4) / 1.3) ** 2) +
      0.28 * Math.exp(-((x / 0.9) ** 2) - ((y + 0.5) / 0.8) ** 2) +
      0.2 * Math.exp(-((x / 1.6) ** 2) - ((y + 7.2) / 1) ** 2)
    colour = [colour[0] * (1 + 0.01 * rosy), colour[1] * (1 - 0.13 * rosy), colour[2] * (1 - 0.13 * rosy)]
    return mix(colour, [255, 246, 236], shine * 0.55)
  })
}

/** The mesh as patches of flat colour, finer where the colour changes; a blur makes them one surface. */
function skinPatches() {
  const colours = vertexColours()
  const patches = []
  const emit = (corners) => {
    const points = corners.map((c) => c.p)
    const spread = Math.max(
      ...[0, 1, 2].map((k) => Math.hypot(...corners[k].c.map((v, j) => v - corners[(k + 1) % 3].c[j]))),
    )
    const size = Math.max(...[0, 1, 2].map((k) => Math.hypot(points[k][0] - points[(k + 1) % 3][0], points[k][1] - points[(k + 1) % 3][1]))) // prettier-ignore
    if (spread > 16 && size > 6) {
      const middle = [0, 1, 2].map((k) => ({
        p: mix(points[k], points[(k + 1) % 3], 0.5),
        c: mix(corners[k].c, corners[(k + 1) % 3].c, 0.5),
      }))
      for (const part of [
        [corners[0], middle[0], middle[2]],
        [corners[1], middle[1], middle[0]],
        [corners[2], middle[2], middle[1]],
        middle,
      ]) emit(part) // prettier-ignore
      return
    }
    const colour = [0, 1, 2].map((j) => (corners[0].c[j] + corners[1].c[j] + corners[2].c[j]) / 3)
    const d = `M${points.map((p) => `${n1(p[0])} ${n1(p[1])}`).join('L')}Z`
    patches.push(`<path d="${d}" fill="${hex(colour)}" stroke="${hex(colour)}"/>`)
  }
  const corner = (i) => ({ p: P(i), c: colours[i] })
  // A band beyond the outline, so that the blur does not pull the background in.
  OVAL.forEach((a, k) => {
    const b = OVAL[(k + 1) % OVAL.length]
    const out = (i) => [CENTRE_X + (X(i) - CENTRE_X) * 1.15, 225 + (Y(i) - 225) * 1.15]
    patches.push(
      `<path d="M${[P(a), out(a), out(b), P(b)].map((p) => `${n1(p[0])} ${n1(p[1])}`).join('L')}Z" fill="${hex(colours[a])}" stroke="${hex(colours[a])}"/>`,
    )
  })
  for (let t = 0; t < canonical.triangles.length; t += 3) {
    emit(canonical.triangles.slice(t, t + 3).map(corner))
  }
  return `<g stroke-width=".7" ${blur(3)}>${patches.join('')}</g>`
}

// ---- features ---------------------------------------------------------------------------------------------------

function lips() {
  const upper = curve([...UPPER[0].map(P), ...UPPER[3].slice().reverse().map(P)], true)
  const lower = curve([P(61), ...LOWER[3].map(P), ...LOWER[0].slice(1).reverse().map(P)], true)
  const seam = curve(UPPER[3].map((a, k) => mix(P(a), P(LOWER[3][k]), 0.5)))
  const y0 = Y(0)
  const y1 = Y(13)
  const y2 = Y(17)
  return `<linearGradient id="ul" gradientUnits="userSpaceOnUse" x1="0" y1="${n1(y0 - 1)}" x2="0" y2="${n1(y1 + 1)}"><stop offset="0" stop-color="#d1807a"/><stop offset=".5" stop-color="#c36d6b"/><stop offset="1" stop-color="#a04d51"/></linearGradient>
<linearGradient id="ll" gradientUnits="userSpaceOnUse" x1="0" y1="${n1(y1)}" x2="0" y2="${n1(y2)}"><stop offset="0" stop-color="#b85f62"/><stop offset=".3" stop-color="#d27f7c"/><stop offset=".62" stop-color="#d9898a"/><stop offset="1" stop-color="#c27370"/></linearGradient>
${ellipse(CENTRE_X, y2 + 6, 25, 5.5, `fill="#9a5240" opacity=".42" ${blur(4)}`)}
${path(upper, `fill="#c0716a" opacity=".5" ${blur(2)}`)}${path(lower, `fill="#c0716a" opacity=".5" ${blur(2)}`)}
${path(upper, `fill="url(#ul)" ${blur(0.5)}`)}${path(lower, `fill="url(#ll)" ${blur(0.5)}`)}
${stroke(curve(UPPER[0].slice(3, 8).map((i) => [X(i), Y(i) - 1.4])), '#fff0e6', 1.6, 0.28, blur(1))}
${ellipse(CENTRE_X - 4, lerp(y1, y2, 0.48), 15, 2.7, `fill="#fff" opacity=".42" ${blur(2)}`)}
${ellipse(CENTRE_X - 7, lerp(y1, y2, 0.44), 5.5, 1.2, `fill="#fff" opacity=".5" ${blur(1)}`)}
${ellipse(CENTRE_X - 9, lerp(y0, y1, 0.42), 5, 1.3, `fill="#fff" opacity=".2" ${blur(1)}`)}${ellipse(CENTRE_X + 9, lerp(y0, y1, 0.42), 5, 1.3, `fill="#fff" opacity=".14" ${blur(1)}`)}
${stroke(seam, '#7c3238', 2.2, 0.4, blur(1))}${stroke(seam, '#6a262c', 1, 0.75, blur(0.5))}
${[61, 291].map((i) => ellipse(X(i) + Math.sign(X(i) - CENTRE_X) * 1.5, Y(i) + 0.5, 3, 2.6, `fill="#8d4638" opacity=".22" ${blur(2)}`)).join('')}`
}

function nose() {
  const [tx, ty] = P(4)
  const [bx, by] = P(2)
  const parts = []
  parts.push(ellipse(bx, by + 3.5, 17, 4.4, `fill="#8e4a38" opacity=".34" ${blur(4)}`))
  for (const [side, alar, base] of [
    [-1, 48, 98],
    [1, 278, 327],
  ]) {
    // prettier-ignore
    const [ax, ay] = P(alar)
    const [nx, ny] = P(base)
    parts.push(
      stroke(curve([[ax - side * 1, ay - 8], [ax + side * 1.6, ay - 1], [ax - side * 1.5, ay + 6.5]]), '#9c5642', 2.2, 0.42, blur(2)), // prettier-ignore
      path(
        curve([[nx + side * 3.4, ny - 1.2], [nx - side * 1.5, ny - 4.2], [nx - side * 7.5, ny - 0.2], [nx - side * 3, ny + 1.5]], true), // prettier-ignore
        `fill="#5a2a20" opacity=".72" ${blur(1)}`,
      ),
    )
  }
  parts.push(
    ellipse(tx - 3, ty + 0.5, 5.4, 4.2, `fill="#fff6ec" opacity=".62" ${blur(2)}`),
    ellipse(tx - 3.5, ty - 0.5, 2, 1.6, `fill="#fff" opacity=".55" ${blur(1)}`),
    path(curve([[tx - 4.5, Y(168) + 2], [tx - 2, Y(168) + 2], [tx - 0.5, ty - 9], [tx - 5, ty - 9]], true), `fill="#fff2e4" opacity=".4" ${blur(2)}`), // prettier-ignore
    stroke(`M${n1(bx - 3.6)} ${n1(by + 6)}L${n1(bx - 4.2)} ${n1(Y(0) - 4)}M${n1(bx + 3.6)} ${n1(by + 6)}L${n1(bx + 4.2)} ${n1(Y(0) - 4)}`, '#b06e55', 2.4, 0.28, blur(2)), // prettier-ignore
  )
  return parts.join('')
}

function lidsAndBrows() {
  const random = makeRandom(11)
  const parts = []
  for (const eye of EYES) {
    const upper = eye.upper.map(P)
    const lower = eye.lower.map(P)
    const height = lower[4][1] - upper[4][1]
    const side = eye.side
    const lid = curve([...upper, ...lower.slice(1, -1).reverse()], true)
    const creasePoints = upper.map(([x, y], k) => {
      const lift = [0.1, 0.26, 0.36, 0.41, 0.42, 0.4, 0.34, 0.24, 0.1][k]
      return [x + (k === 0 ? side * 5 : 0), y - height * lift]
    })
    const lidBand = curve([...upper, ...creasePoints.slice().reverse()], true)
    // Lid skin: what shows when the eye closes.
    parts.push(path(lid, `fill="#efc0a5" ${blur(2)}`))
    parts.push(
      ellipse(
        lerp(upper[4][0], lower[4][0], 0.5),
        upper[4][1] + height * 0.42,
        height * 0.7,
        height * 0.3,
        `fill="#fbd9c3" opacity=".75" ${blur(4)}`,
      ),
    )
    parts.push(path(lidBand, `fill="#c08068" opacity=".3" ${blur(2)}`))
    parts.push(stroke(curve(creasePoints.slice(1, 8)), '#8a4a3a', 2.4, 0.24, blur(1)))
    parts.push(stroke(curve(creasePoints.slice(2, 7)), '#74382c', 1, 0.3, blur(0.5)))
    parts.push(ellipse(upper[7][0], upper[7][1] - 3, 7, 8, `fill="#a8634e" opacity=".3" ${blur(4)}`))
    parts.push(stroke(curve(lower.map(([x, y]) => [x, y + 1.6])), '#b06a58', 1.6, 0.42, blur(1)))
    parts.push(
      stroke(
        curve(lower.slice(1, 8).map(([x, y], k) => [x, y + 7 + (k % 2) * 0.2])),
        '#b0705c',
        3,
        0.22,
        blur(2),
      ),
    )
    parts.push(stroke(curve(lower.slice(2, 8).map(([x, y]) => [x, y + 4.2])), '#ffeadb', 2.4, 0.4, blur(2)))
    for (let k = 0; k < 15; k++) {
      const t = 0.04 + (0.62 * k) / 14
      const at = t * 8
      const i = Math.floor(at)
      const [x, y] = mix(lower[i], lower[i + 1], at - i)
      const length = 2.6 + 1.6 * random()
      parts.push(stroke(`M${n1(x)} ${n1(y + 0.4)}q${n1(side * 0.5)} ${n1(length * 0.5)} ${n1(side * (1.8 - 2 * t))} ${n1(length)}`, '#4a2a22', 0.6, 0.55)) // prettier-ignore
    }
    parts.push(brow(eye, random))
  }
  return parts.join('')
}

function brow(eye, random) {
  const side = eye.side
  const middle = eye.browTop.map((i, k) => {
    const [x, y] = mix(P(i), P(eye.browBottom[k]), 0.5)
    return [x, y + [2.5, 0.8, 0.2, 1.2, 2.6][k]]
  })
  const along = (t) => {
    const at = Math.min(3.999, t * 4)
    const i = Math.floor(at)
    const [a, b, c, d] = [-1, 0, 1, 2].map((o) => middle[Math.min(4, Math.max(0, i + o))])
    const f = at - i
    return [0, 1].map((k) => 0.5 * (2 * b[k] + (c[k] - a[k]) * f + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * f * f + (3 * b[k] - a[k] - 3 * c[k] + d[k]) * f ** 3)) // prettier-ignore
  }
  const thick = (t) => 4.3 * Math.min(1, 0.12 + 1.5 * t) * (1 - 0.25 * smooth(0.75, 1, t))
  const steps = Array.from({ length: 13 }, (_, k) => k / 12)
  const shape = curve(
    [
      ...steps.map((t) => [along(t)[0], along(t)[1] - thick(t)]),
      ...steps.reverse().map((t) => [along(t)[0], along(t)[1] + thick(t) * 0.7]),
    ],
    true,
  )
  const parts = [path(shape, `fill="#5b3526" opacity=".62" ${blur(1)}`)]
  for (let k = 0; k < 64; k++) {
    const t = 0.02 + 0.98 * (k / 63)
    const [x, y] = along(t)
    const across = random() * 1.2 - 0.5
    const w = thick(t)
    // Hairs lean outwards; near the nose they stand up.
    const stand = smooth(0.55, 1, t)
    const length = 6 + 2.5 * random() - 2.4 * smooth(0.5, 0, t)
    const dx = side * length * (1 - 0.55 * stand)
    const dy = -length * (0.1 + 0.62 * stand) + (1 - stand) * across * -2
    parts.push(
      stroke(`M${n1(x)} ${n1(y + across * w)}q${n1(dx * 0.45)} ${n1(dy * 0.75)} ${n1(dx)} ${n1(dy * 0.8 + (1 - stand) * 1.6)}`, random() < 0.3 ? '#7c4d36' : '#43251a', n1(0.5 + 0.4 * random()), n1(0.4 + 0.3 * random())), // prettier-ignore
    )
  }
  return parts.join('')
}

// ---- hair -------------------------------------------------------------------------------------------------------

const HAIR_TONES = [
  ['#2a1610', '#5a3220', '#8d5a3b', '#3a1f15'],
  ['#331b12', '#6c3f29', '#b07a50', '#472818'],
  ['#26130d', '#4c2a1b', '#75452c', '#301810'],
  ['#3d2216', '#80502f', '#d3a06e', '#55301e'],
  ['#2e1810', '#613722', '#9c673f', '#3f2215'],
]

function hairGradients() {
  return HAIR_TONES.map((tones, k) => {
    const r = 300
    const shift = (k - 2) * 0.012
    const stops = [
      [0, tones[0]],
      [0.16, tones[1]],
      [0.3 + shift, tones[1]],
      [0.4 + shift, tones[2]],
      [0.48 + shift, tones[1]],
      [0.62, tones[3]],
      [0.78 + shift, tones[1]],
      [0.86 + shift, k === 3 ? tones[2] : tones[1]],
      [1, tones[3]],
    ]
    return `<radialGradient id="h${k}" gradientUnits="userSpaceOnUse" cx="236" cy="40" r="${r * 1.5}" gradientTransform="translate(236 0) scale(.62 1) translate(-236 0)">${stops.map(([o, c]) => `<stop offset="${n1(o * 100)}%" stop-color="${c}"/>`).join('')}</radialGradient>`
  }).join('')
}

/** A lock: strands interpolated between two guides, each a list of points from root to tip. */
function lock(
  inner,
  outer,
  count,
  seed,
  { base = 0, width = 1.5, wave = 11, phase: shift = 0.4, tip = 10, tones = [0, 1, 2, 3, 4] } = {},
) {
  const random = makeRandom(seed)
  const points = inner.length
  const strand = (t, jitter, phase, drop) =>
    inner.map((p, k) => {
      const along = k / (points - 1)
      const [x, y] = mix(p, outer[k], t)
      const sway = wave * Math.sin(along * 9.4 + phase + 0.8 * t) * smooth(0.4, 0.8, along)
      return [x + sway + jitter * (0.3 + along), y + drop * along ** 3]
    })
  const edge0 = strand(0, 0, shift, 0)
  const edge1 = strand(1, 0, shift, 0)
  const shape = `${curve(edge0)}${curve(edge1.slice().reverse()).replace('M', 'L')}Z`
  const parts = [path(shape, `fill="url(#h${base})"`)]
  for (let k = 0; k < count; k++) {
    const t = clamp01((k + random() * 0.9) / count)
    const tone = tones[Math.floor(random() * tones.length)]
    const d = curve(
      strand(t, (random() - 0.5) * 3, shift + (random() - 0.5) * 0.5, (random() - 0.5) * tip * 2),
    )
    parts.push(stroke(d, `url(#h${tone})`, n1(width * (0.45 + random())), n1(0.4 + 0.5 * random())))
  }
  return parts.join('')
}

const FRONT_RIGHT_INNER = [[231, 114], [246, 119], [277, 126], [304, 143], [323, 180], [333, 232], [335, 290], [344, 350], [354, 412], [356, 470], [344, 514]] // prettier-ignore
const FRONT_RIGHT_OUTER = [[231, 41], [274, 41], [322, 54], [362, 92], [382, 150], [390, 215], [392, 285], [396, 355], [406, 415], [408, 470], [396, 518]] // prettier-ignore
const FRONT_LEFT_INNER = [[231, 114], [222, 118], [205, 129], [189, 153], [180, 192], [176, 240], [177, 295], [167, 352], [157, 412], [153, 470], [164, 514]] // prettier-ignore
const FRONT_LEFT_OUTER = [[231, 41], [196, 47], [161, 69], [136, 112], [123, 165], [118, 225], [116, 290], [110, 355], [101, 415], [98, 470], [110, 518]] // prettier-ignore

/** The left side waves the other way, so that both fall outwards. */
const LEFT_PHASE = 0.4 + Math.PI

const FRAME_RIGHT = [[233, 112], [252, 118], [283, 130], [308, 152], [322, 190], [327, 232], [326, 272], [331, 308], [348, 340], [366, 374], [378, 412], [384, 466], [376, 520]] // prettier-ignore
const FRAME_LEFT = [[229, 112], [218, 119], [203, 132], [191, 157], [184, 194], [182, 234], [183, 274], [177, 310], [160, 342], [142, 376], [129, 412], [124, 466], [132, 520]] // prettier-ignore

function frontHair() {
  const between = (a, b, t) => a.map((p, k) => mix(p, b[k], t))
  const shifted = (points, dx) =>
    points.map(([x, y], k) => [x + dx * Math.sin((Math.PI * k) / (points.length - 1)) ** 0.7, y])
  return [
    path(
      'M196 48C206 43 220 41 231 41C250 40.5 270 41 286 44L260 70L236 108L227 108L205 70Z',
      'fill="url(#h0)"',
    ),
    lock(FRONT_LEFT_INNER, FRONT_LEFT_OUTER, 95, 5, { base: 2, phase: LEFT_PHASE }),
    lock(FRONT_RIGHT_INNER, FRONT_RIGHT_OUTER, 120, 7, { base: 2 }),
    lock(between(FRONT_RIGHT_INNER, FRONT_RIGHT_OUTER, 0.05), between(FRONT_RIGHT_INNER, FRONT_RIGHT_OUTER, 0.3), 26, 21, { base: 4, width: 1.2, tones: [1, 3, 4] }), // prettier-ignore
    lock(between(FRONT_LEFT_INNER, FRONT_LEFT_OUTER, 0.1), between(FRONT_LEFT_INNER, FRONT_LEFT_OUTER, 0.35), 20, 23, { base: 4, width: 1.2, phase: LEFT_PHASE, tones: [1, 3, 4] }), // prettier-ignore
    ...[0.42, 0.68].map((t, k) => lock(between(FRONT_RIGHT_INNER, FRONT_RIGHT_OUTER, t), between(FRONT_RIGHT_INNER, FRONT_RIGHT_OUTER, t + 0.06), 7, 41 + k, { base: 2, width: 1.1, tones: [0, 2] })), // prettier-ignore
    ...[0.36, 0.7].map((t, k) => lock(between(FRONT_LEFT_INNER, FRONT_LEFT_OUTER, t), between(FRONT_LEFT_INNER, FRONT_LEFT_OUTER, t + 0.06), 6, 51 + k, { base: 2, width: 1.1, phase: LEFT_PHASE, tones: [0, 2] })), // prettier-ignore
    stroke('M231 52 C232 70 231 95 231 113', '#1c0d08', 1.5, 0.5, blur(1)),
    // Locks that frame the face and turn outwards below the cheeks.
    path(`${curve(shifted(FRAME_RIGHT, -2))}${curve(shifted(FRAME_RIGHT, 14).reverse()).replace('M', 'L')}Z`, `fill="#1c0d08" opacity=".4" ${blur(4)}`), // prettier-ignore
    path(`${curve(shifted(FRAME_LEFT, 2))}${curve(shifted(FRAME_LEFT, -14).reverse()).replace('M', 'L')}Z`, `fill="#1c0d08" opacity=".4" ${blur(4)}`), // prettier-ignore
    lock(FRAME_RIGHT, shifted(FRAME_RIGHT, 15), 22, 61, {
      base: 1,
      width: 1.2,
      wave: 4,
      tip: 5,
      tones: [1, 3, 4, 3],
    }),
    lock(FRAME_LEFT, shifted(FRAME_LEFT, -14), 20, 63, { base: 1, width: 1.2, wave: 4, tip: 5, phase: LEFT_PHASE, tones: [1, 3, 4, 3] }), // prettier-ignore
  ].join('')
}

function backHair() {
  const left = [[200, 80], [150, 130], [140, 220], [140, 320], [134, 400], [128, 470]] // prettier-ignore
  const right = [[300, 80], [362, 130], [372, 220], [372, 320], [378, 400], [384, 470]] // prettier-ignore
  return `${path(curve([...left, ...right.slice().reverse()], true), 'fill="#26130d"')}${lock(left, right, 90, 31, { base: 2, width: 1.8, tones: [0, 2], wave: 2 })}${path(curve([...left, ...right.slice().reverse()], true), 'fill="#1a0c08" opacity=".5"')}`
}

// ---- body and background ----------------------------------------------------------------------------------------

function scene() {
  const neck =
    'M210 300 C210 350 211 374 203 394 C192 412 150 422 112 438 L112 512 L400 512 L400 438 C362 422 320 412 309 394 C301 374 302 350 302 300Z'
  const blazer = (s) => {
    const x = (v) => n1(CENTRE_X + s * v)
    return `M${x(64)} 392 C${x(96)} 412 ${x(150)} 420 ${x(176)} 440 C${x(204)} 460 ${x(216)} 490 ${x(220)} 512 L${x(6)} 512 C${x(26)} 478 ${x(48)} 430 ${x(64)} 392Z`
  }
  const lapel = (s) => {
    const x = (v) => n1(CENTRE_X + s * v)
    return `M${x(62)} 390 C${x(80)} 402 ${x(92)} 420 ${x(97)} 438 L${x(72)} 449 L${x(88)} 463 C${x(70)} 486 ${x(44)} 502 ${x(22)} 512 L${x(4)} 512 C${x(28)} 474 ${x(50)} 430 ${x(62)} 390Z`
  }
  return `<rect x="${VIEW.x}" y="${VIEW.y}" width="${VIEW.side}" height="${VIEW.side}" fill="url(#bg)"/>
${ellipse(90, 120, 120, 110, `fill="#fff" opacity=".45" ${blur(40)}`)}${ellipse(440, 330, 110, 140, `fill="#8fa9b8" opacity=".35" ${blur(40)}`)}${ellipse(430, 90, 80, 90, `fill="#fdf3e4" opacity=".5" ${blur(40)}`)}
${backHair()}
${path(neck, 'fill="url(#neck)"')}
<clipPath id="nc">${path(neck, '')}</clipPath><g clip-path="url(#nc)">
${path('M196 300 L316 300 L316 352 C300 384 280 396 256 398 C232 396 212 384 196 352Z', `fill="#7d3f2e" opacity=".62" ${blur(8)}`)}
${stroke('M212 340 C216 372 226 398 244 424', '#8f4f3b', 7, 0.22, blur(4))}${stroke('M300 340 C296 372 286 398 268 424', '#8f4f3b', 8, 0.32, blur(4))}
${stroke('M248 448 C238 438 212 430 176 433', '#9a5a44', 4, 0.28, blur(4))}${stroke('M264 448 C274 438 300 430 336 433', '#9a5a44', 4, 0.34, blur(4))}
${stroke('M250 446 C240 434 214 424 180 424', '#ffe9d8', 4, 0.4, blur(2))}
${ellipse(256, 444, 7, 6, `fill="#9a5a44" opacity=".26" ${blur(4)}`)}
${path('M190 385 L196 512 L130 512 L130 420Z', `fill="#7d3f2e" opacity=".3" ${blur(8)}`)}${path('M322 385 L316 512 L382 512 L382 420Z', `fill="#7d3f2e" opacity=".36" ${blur(8)}`)}
</g>
${path('M196 404 C214 452 238 480 256 490 C274 480 298 452 316 404 L330 512 L182 512Z', 'fill="url(#blouse)"')}
${stroke('M196 404 C214 452 238 480 256 490 C274 480 298 452 316 404', '#cdb9a8', 2, 0.6, blur(1))}
${[-1, 1].map((s) => path(blazer(s), 'fill="url(#blazer)"')).join('')}
${[-1, 1].map((s) => path(lapel(s), `fill="#0d1a28" opacity=".45" transform="translate(${s * 2} 3)" ${blur(4)}`)).join('')}
${[-1, 1].map((s) => path(lapel(s), 'fill="url(#lapel)"')).join('')}
${[-1, 1].map((s) => stroke(lapel(s), '#5d7a94', 0.8, 0.5)).join('')}
${stroke('M120 446 C112 466 108 490 108 512', '#14222f', 5, 0.4, blur(4))}${stroke('M392 446 C400 466 404 490 404 512', '#14222f', 6, 0.5, blur(4))}
${stroke('M150 428 C128 436 100 446 84 462', '#6f8ca6', 4, 0.35, blur(4))}`
}

// ---- layers -----------------------------------------------------------------------------------------------------

const faceOutline = curve(OVAL.map(P), true)

function faceLayer() {
  const cast = (d, dx, dy, opacity) => path(d, `fill="#7a3f2a" opacity="${opacity}" transform="translate(${dx} ${dy})" ${blur(8)}`) // prettier-ignore
  const left = curve([...FRONT_LEFT_INNER.slice(0, 8), ...FRONT_LEFT_OUTER.slice(0, 8).reverse()], true)
  const right = curve([...FRONT_RIGHT_INNER.slice(0, 8), ...FRONT_RIGHT_OUTER.slice(0, 8).reverse()], true)
  return `<g clip-path="url(#fc)">${skinPatches()}
${stroke(curve([323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93].map(P)), '#a35d46', 9, 0.4, blur(4))}
${cast(left, 7, 9, 0.5)}${cast(right, -5, 9, 0.5)}
${nose()}${lips()}${lidsAndBrows()}</g>`
}

function irisLayer() {
  const random = makeRandom(3)
  const rays = []
  for (let k = 0; k < 150; k++) {
    const a = random() * Math.PI * 2
    const r0 = 96 + random() * 30
    const r1 = 150 + random() * 80
    const c = ['#9fd0c4', '#2c6a6c', '#d9c48e', '#3c8583'][Math.floor(random() * 4)]
    rays.push(stroke(`M${n1(256 + r0 * Math.cos(a))} ${n1(256 + r0 * Math.sin(a))}L${n1(256 + r1 * Math.cos(a + 0.05))} ${n1(256 + r1 * Math.sin(a + 0.05))}`, c, n1(2 + random() * 5), n1(0.15 + random() * 0.4))) // prettier-ignore
  }
  return `<radialGradient id="ir" gradientUnits="userSpaceOnUse" cx="256" cy="270" r="246"><stop offset="0" stop-color="#8a7a4a"/><stop offset=".42" stop-color="#7d8f6a"/><stop offset=".6" stop-color="#4d9690"/><stop offset=".82" stop-color="#2f7378"/><stop offset="1" stop-color="#12343b"/></radialGradient>
<circle cx="256" cy="256" r="246" fill="#12292f" ${blur(4)}/><circle cx="256" cy="256" r="236" fill="url(#ir)"/>${rays.join('')}
<circle cx="256" cy="256" r="228" fill="none" stroke="#0d2429" stroke-width="34" opacity=".75" ${blur(8)}/>
<ellipse cx="256" cy="380" rx="130" ry="80" fill="#b7efe0" opacity=".4" ${blur(16)}/>
<circle cx="256" cy="256" r="100" fill="#07090b" ${blur(4)}/>`
}

/** The lashes of one upper lid, outer corner left, roots near y = 117; the margin below lets the edge fade. */
function lashLayer() {
  const random = makeRandom(17)
  const root = (u) => 108 - 2 * Math.sin(u * Math.PI)
  const parts = []
  // The lash line, thick towards the outer corner.
  const top = Array.from({ length: 17 }, (_, k) => {
    const u = k / 16
    return [u * 512, root(u) - 30 * Math.min(1, 0.14 + 5 * u) * (1 - smooth(0.25, 1, u) * 0.72)]
  })
  const bottom = top.map(([x], k) => [x, 117 - 11 * smooth(0.12, 0, k / 16)])
  parts.push(
    path(`${curve(top)}L512 117${curve(bottom.reverse()).replace('M', 'L')}Z`, `fill="#1c0f0d" ${blur(2)}`),
  )
  for (let k = 0; k < 46; k++) {
    const u = 0.05 + 0.9 * ((k + 0.5 * random()) / 46)
    const x = u * 512
    const y = root(u) - 6
    const length = (46 + 36 * random()) * (1 - smooth(0.3, 1, u) * 0.6) * Math.min(1, 0.55 + 3 * u)
    const lean = (0.42 - u) * 40
    parts.push(path(`M${n1(x - 4)} ${n1(y)}Q${n1(x - lean * 0.2)} ${n1(y - length * 0.6)} ${n1(x - lean)} ${n1(y - length)}Q${n1(x + 3 - lean * 0.2)} ${n1(y - length * 0.5)} ${n1(x + 5)} ${n1(y)}Z`, `fill="#1c0f0d" opacity="${n1(0.6 + 0.4 * random())}"`)) // prettier-ignore
  }
  return parts.join('')
}

const blurs = [
  ['05', 0.5],
  [1, 1],
  [2, 1.8],
  [3, 3],
  [4, 4],
  [8, 8],
  [16, 16],
  [40, 40],
]
  .map(
    ([id, deviation]) =>
      `<filter id="b${id}" x="-80%" y="-80%" width="260%" height="260%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`,
  ) // prettier-ignore
  .join('')

const linear = (id, ...stops) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops.map(([o, c]) => `<stop offset="${o}" stop-color="${c}"/>`).join('')}</linearGradient>`

/** Layers that are textures of their own fill the picture whatever part of the drawing it shows. */
const wholeView = `translate(${VIEW.x} ${VIEW.y}) scale(${VIEW.side / 512})`

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="${VIEW.x} ${VIEW.y} ${VIEW.side} ${VIEW.side}">
<defs>${blurs}<clipPath id="fc"><path d="${faceOutline}"/></clipPath>
<radialGradient id="bg" cx=".42" cy=".35" r=".85"><stop offset="0" stop-color="#f1f4f4"/><stop offset=".55" stop-color="#d3dee3"/><stop offset="1" stop-color="#a3b7c3"/></radialGradient>
${linear('neck', [0, '#b5745a'], [0.35, '#d99f80'], [0.6, '#efbd9f'], [1, '#e8b294'])}${linear('blouse', [0, '#fbf6ef'], [1, '#e3d8cb'])}${linear('blazer', [0, '#33506b'], [0.5, '#27405a'], [1, '#1c3046'])}${linear('lapel', [0, '#3d5d7a'], [1, '#243b53'])}
${hairGradients()}</defs>
<g id="scene">${scene()}</g>
<g id="face">${faceLayer()}</g>
<g id="hair">${frontHair()}</g>
<g id="iris" display="none"><g transform="${wholeView}">${irisLayer()}</g></g>
<g id="lashes" display="none"><g transform="${wholeView}">${lashLayer()}</g></g>
</svg>
`

writeFileSync(new URL('avatar.svg', here), svg)
const zoom = 512 / VIEW.side
const landmarks = Q.flatMap((v, i) => [
  (X(i) - VIEW.x) * zoom,
  (Y(i) - VIEW.y) * zoom,
  -v[2] * PIXELS_PER_CM * zoom,
]).map((v) => Math.round(v * 100) / 100)
const avatar = {
  size: 512,
  layers: { scene: 'scene', face: 'face', hair: 'hair', iris: 'iris', lashes: 'lashes' },
  irisRadius: Math.round(10.7 * zoom * 100) / 100,
  palette: {
    cavity: [92, 32, 34],
    tongue: [204, 98, 96],
    teeth: [246, 238, 226],
    gum: [204, 108, 108],
    sclera: [246, 243, 240],
    caruncle: [214, 140, 128],
    waterline: [222, 160, 148],
    lidShadow: [58, 34, 32],
    shadow: [150, 62, 40],
    shine: [255, 238, 222],
  },
  landmarks,
}
writeFileSync(new URL('avatar.json', here), `${JSON.stringify(avatar)}\n`)

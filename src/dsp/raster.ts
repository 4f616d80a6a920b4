/**
 * Textured triangles on a picture of packed pixels: the inner loop of the portrait renderer.
 *
 * A pixel is one little-endian RGBA word (0xAABBGGRR) with premultiplied alpha. Two channels are interpolated in one
 * 32-bit multiplication: `0x00BB00RR * weight` with weight ≤ 256 keeps both products apart.
 */
export interface Picture {
  /** `width * height` pixels, row by row, each 0xAABBGGRR with premultiplied alpha. */
  readonly pixels: Uint32Array
  readonly width: number
  readonly height: number
}

/** Triangles that share one texture. Positions, texture coordinates and shade are indexed by vertex. */
export interface TriangleBatch {
  readonly texture: Picture
  /** Vertex index triples. */
  readonly triangles: Uint16Array
  /** How many entries of `triangles` to draw. Default: all. */
  readonly count?: number
  /** Interleaved u, v in texels of `texture`; a texel's centre has whole coordinates. */
  readonly uv: Float32Array
}

/** Colours that shading moves a pixel towards. */
export interface ShadeColours {
  /** 0xBBGGRR reached at shade −1. */
  readonly dark: number
  /** 0xBBGGRR reached at shade +1. */
  readonly light: number
}

const FRACTION = 65536

/**
 * Draws a batch. A pixel belongs to a triangle when its centre lies inside; a shared edge is computed from the same
 * two vertices in the same order on both sides, so that no pixel of a closed mesh is left out or drawn twice.
 *
 * @param positions Interleaved x, y in pixels of `target`; a pixel's centre has whole coordinates.
 * @param shade Per vertex in [−1, 1]: moves the colour towards `colours.dark` or `colours.light`; undefined leaves it.
 */
export function drawTriangles(
  target: Picture,
  batch: TriangleBatch,
  positions: Float32Array,
  shade?: Float32Array,
  colours?: ShadeColours,
): void {
  const { triangles, uv } = batch
  const count = batch.count ?? triangles.length
  for (let t = 0; t < count; t += 3) {
    let a = triangles[t]!
    let b = triangles[t + 1]!
    let c = triangles[t + 2]!
    const area =
      (positions[b * 2]! - positions[a * 2]!) * (positions[c * 2 + 1]! - positions[a * 2 + 1]!) -
      (positions[c * 2]! - positions[a * 2]!) * (positions[b * 2 + 1]! - positions[a * 2 + 1]!)
    if (Math.abs(area) < 1e-4) continue
    if (positions[b * 2 + 1]! < positions[a * 2 + 1]!) [a, b] = [b, a]
    if (positions[c * 2 + 1]! < positions[a * 2 + 1]!) [a, c] = [c, a]
    if (positions[c * 2 + 1]! < positions[b * 2 + 1]!) [b, c] = [c, b]
    drawSorted(target, batch, positions, uv, a, b, c, shade, colours)
  }
}

/** Draws one triangle whose vertices are sorted by y. */
function drawSorted(
  target: Picture,
  batch: TriangleBatch,
  positions: Float32Array,
  uv: Float32Array,
  a: number,
  b: number,
  c: number,
  shade: Float32Array | undefined,
  colours: ShadeColours | undefined,
): void {
  const { width, height } = target
  const ax = positions[a * 2]!
  const ay = positions[a * 2 + 1]!
  const bx = positions[b * 2]!
  const by = positions[b * 2 + 1]!
  const cx = positions[c * 2]!
  const cy = positions[c * 2 + 1]!
  const top = Math.max(0, Math.ceil(ay))
  const bottom = Math.min(height - 1, Math.ceil(cy) - 1)
  if (top > bottom) return

  const inverse = 1 / ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
  const ua = uv[a * 2]!
  const va = uv[a * 2 + 1]!
  const ub = uv[b * 2]! - ua
  const vb = uv[b * 2 + 1]! - va
  const uc = uv[c * 2]! - ua
  const vc = uv[c * 2 + 1]! - va
  const dux = (ub * (cy - ay) - uc * (by - ay)) * inverse
  const duy = (uc * (bx - ax) - ub * (cx - ax)) * inverse
  const dvx = (vb * (cy - ay) - vc * (by - ay)) * inverse
  const dvy = (vc * (bx - ax) - vb * (cx - ax)) * inverse
  let sa = 0
  let dsx = 0
  let dsy = 0
  let shaded = false
  if (shade && colours) {
    sa = shade[a]!
    const sb = shade[b]! - sa
    const sc = shade[c]! - sa
    dsx = (sb * (cy - ay) - sc * (by - ay)) * inverse
    dsy = (sc * (bx - ax) - sb * (cx - ax)) * inverse
    shaded = Math.max(Math.abs(sa), Math.abs(sa + sb), Math.abs(sa + sc)) > 1 / 256
  }

  const long = (cx - ax) / (cy - ay)
  const upper = by > ay ? (bx - ax) / (by - ay) : 0
  const lower = cy > by ? (cx - bx) / (cy - by) : 0
  const dark = colours?.dark ?? 0
  const light = colours?.light ?? 0
  for (let y = top; y <= bottom; y++) {
    const edge1 = ax + (y - ay) * long
    const edge2 = y < by ? ax + (y - ay) * upper : bx + (y - by) * lower
    const left = Math.max(0, Math.ceil(Math.min(edge1, edge2)))
    const right = Math.min(width - 1, Math.ceil(Math.max(edge1, edge2)) - 1)
    if (left > right) continue
    drawSpan(
      target.pixels,
      batch.texture.pixels,
      batch.texture.width,
      y * width + left,
      y * width + right,
      ((ua + (left - ax) * dux + (y - ay) * duy) * FRACTION) | 0,
      ((va + (left - ax) * dvx + (y - ay) * dvy) * FRACTION) | 0,
      (dux * FRACTION) | 0,
      (dvx * FRACTION) | 0,
      shaded ? ((sa + (left - ax) * dsx + (y - ay) * dsy) * FRACTION) | 0 : 0,
      shaded ? (dsx * FRACTION) | 0 : 0,
      dark,
      light,
    )
  }
}

/**
 * Draws pixels `start … end` of one row. `u`, `v`, `shade` and their steps are 16.16 fixed point. Bilinear sampling,
 * shading and blending are written out here because a pixel passed between functions would be boxed as a double.
 */
function drawSpan(
  out: Uint32Array,
  texels: Uint32Array,
  stride: number,
  start: number,
  end: number,
  u: number,
  v: number,
  du: number,
  dv: number,
  shade: number,
  dShade: number,
  dark: number,
  light: number,
): void {
  for (let o = start; o <= end; o++, u += du, v += dv, shade += dShade) {
    const p = Math.imul(v >> 16, stride) + (u >> 16)
    const p00 = texels[p]! | 0
    const p10 = texels[p + 1]! | 0
    const p01 = texels[p + stride]! | 0
    const p11 = texels[p + stride + 1]! | 0
    if ((p00 | p10 | p01 | p11) === 0) continue

    const x = (u >>> 8) & 255
    const y = (v >>> 8) & 255
    const w11 = (Math.imul(x, y) + 128) >> 8
    const w10 = x - w11
    const w01 = y - w11
    const w00 = 256 - x - w01
    let rb =
      ((Math.imul(p00 & 0xff00ff, w00) +
        Math.imul(p10 & 0xff00ff, w10) +
        Math.imul(p01 & 0xff00ff, w01) +
        Math.imul(p11 & 0xff00ff, w11) +
        0x800080) >>>
        8) &
      0xff00ff
    let ga =
      ((Math.imul((p00 >>> 8) & 0xff00ff, w00) +
        Math.imul((p10 >>> 8) & 0xff00ff, w10) +
        Math.imul((p01 >>> 8) & 0xff00ff, w01) +
        Math.imul((p11 >>> 8) & 0xff00ff, w11) +
        0x800080) >>>
        8) &
      0xff00ff

    const weight = (shade < 0 ? -shade : shade) >> 8
    if (weight > 0) {
      const towards = shade < 0 ? dark : light
      const rest = 256 - weight
      // Colours are premultiplied: what is hardly there takes hardly any light.
      const share = (Math.imul(weight, ga >> 16) + 255) >> 8
      rb = ((Math.imul(rb, rest) + Math.imul(towards & 0xff00ff, share) + 0x800080) >>> 8) & 0xff00ff
      const green = (Math.imul(ga & 0xff, rest) + Math.imul((towards >> 8) & 0xff, share) + 0x80) >> 8
      ga = (ga & 0xff0000) | green
    }

    const alpha = ga >> 16
    if (alpha < 255) {
      // Premultiplied "over". Rounding and shading can lift a sum past 255: it saturates.
      const under = out[o]! | 0
      const rest = 256 - alpha - (alpha >> 7)
      const sum = rb + (((Math.imul(under & 0xff00ff, rest) + 0x7f007f) >>> 8) & 0xff00ff)
      const carry = sum & 0x1000100
      rb = (sum | (carry - (carry >> 8))) & 0xff00ff
      const green = (ga & 0xff) + ((Math.imul((under >>> 8) & 0xff, rest) + 0x7f) >> 8)
      ga = green > 255 ? 255 : green
    }
    out[o] = 0xff000000 | ((ga & 0xff) << 8) | rb
  }
}

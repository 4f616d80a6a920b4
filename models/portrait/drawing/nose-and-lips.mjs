/** Nose and lips: light and shadow painted over the skin, without outlines. */
import { lerp, mix } from './numbers.mjs'
import { blur, curve, ellipse, path, softFirst, stroke, vertical } from './svg.mjs'
import { CENTRE_X, LOWER_LIP, P, UPPER_LIP, X, Y } from './face-shape.mjs'

const WARM_SHADOW = '#9c5640'
const DEEP_SHADOW = '#6b3226'
const WARM_LIGHT = '#fff4ea'

export function nose() {
  return softFirst([...bridge(), ...tip(), ...noseWing(-1, 48, 98), ...noseWing(1, 278, 327)])
}

/** The light comes from the picture's left: its side of the bridge is lit, the other turns away. */
function bridge() {
  const [tx, ty] = P(4)
  const top = Y(168)
  const flank = (side, opacity) =>
    path(
      curve([[CENTRE_X + side * 13, top - 8], [CENTRE_X + side * 9, top + 12], [CENTRE_X + side * 10, ty - 22], [CENTRE_X + side * 17, ty - 2], [CENTRE_X + side * 21, ty - 8], [CENTRE_X + side * 17, ty - 26], [CENTRE_X + side * 19, top + 6]], true), // prettier-ignore
      `fill="${WARM_SHADOW}" opacity="${opacity}" ${blur(4)}`,
    )
  return [
    flank(1, 0.32),
    flank(-1, 0.14),
    path(curve([[tx - 7, top], [tx + 1, top], [tx + 1, ty - 10], [tx - 6, ty - 10]], true), `fill="${WARM_LIGHT}" opacity=".5" ${blur(3)}`), // prettier-ignore
  ]
}

function tip() {
  const [tx, ty] = P(4)
  const [bx, by] = P(2)
  return [
    // The ball of the nose, its underside, and the shadow that it casts on the lip.
    ellipse(tx + 7, ty + 3, 7, 7, `fill="${WARM_SHADOW}" opacity=".22" ${blur(4)}`),
    ellipse(bx, by - 1.5, 8, 2.6, `fill="${WARM_SHADOW}" opacity=".34" ${blur(2)}`),
    ellipse(bx + 1.5, by + 5, 15, 4.5, `fill="${WARM_SHADOW}" opacity=".3" ${blur(4)}`),
    ellipse(tx - 2.5, ty - 1, 5.5, 4.6, `fill="${WARM_LIGHT}" opacity=".62" ${blur(2)}`),
    ellipse(tx - 3, ty - 2, 1.9, 1.5, `fill="#fff" opacity=".6" ${blur(1)}`),
    // The groove above the lip.
    ellipse(bx + 0.3, lerp(by, Y(0), 0.62), 2.6, 6, `fill="${WARM_SHADOW}" opacity=".2" ${blur(2)}`),
    stroke(`M${bx - 4.6} ${by + 7}L${bx - 5.4} ${Y(0) - 3}`, WARM_LIGHT, 1.8, 0.34, blur(1)),
    stroke(`M${bx + 4.6} ${by + 7}L${bx + 5.4} ${Y(0) - 3}`, WARM_LIGHT, 1.8, 0.2, blur(1)),
  ]
}

function noseWing(side, alar, base) {
  const [ax, ay] = P(alar)
  const [nx, ny] = P(base)
  const lit = side < 0
  return [
    ellipse(ax - side * 3.5, ay - 0.5, 4.2, 4.6, `fill="${WARM_LIGHT}" opacity="${lit ? 0.34 : 0.14}" ${blur(2)}`), // prettier-ignore
    stroke(curve([[ax - side * 1.5, ay - 6], [ax + side * 1.4, ay - 0.5], [ax - side * 0.6, ay + 5], [ax - side * 4, ay + 6.5]]), WARM_SHADOW, 2.4, lit ? 0.3 : 0.4, blur(2)), // prettier-ignore
    ellipse(ax + side * 3.5, ay + 2, 5, 9, `fill="${WARM_SHADOW}" opacity=".14" ${blur(4)}`),
    path(
      curve([[nx + side * 2.4, ny - 1.6], [nx - side * 1.6, ny - 3.8], [nx - side * 6.6, ny - 0.6], [nx - side * 2.6, ny + 0.7]], true), // prettier-ignore
      `fill="${DEEP_SHADOW}" opacity=".56" ${blur(1)}`,
    ),
  ]
}

export const lipGradients = () =>
  vertical('ul', [[0, '#d98e87'], [0.45, '#cb7976'], [1, '#a5555a']], Y(37) - 1, Y(13) + 1) + // prettier-ignore
  vertical('ll', [[0, '#b96468'], [0.3, '#d58582'], [0.6, '#e29b96'], [1, '#cf827c']], Y(13), Y(17)) // prettier-ignore

export function lips() {
  const upper = curve([...UPPER_LIP[0].map(P), ...UPPER_LIP[3].slice().reverse().map(P)], true)
  const lower = curve([P(61), ...LOWER_LIP[3].map(P), ...LOWER_LIP[0].slice(1).reverse().map(P)], true)
  const seam = UPPER_LIP[3].map((a, k) => mix(P(a), P(LOWER_LIP[3][k]), 0.5))
  const [bow, middle, bottom] = [Y(0), Y(13), Y(17)]
  const shine = (dx, y, rx, ry, opacity, soft) => ellipse(CENTRE_X + dx, y, rx, ry, `fill="#fff3ee" opacity="${opacity}" ${blur(soft)}`) // prettier-ignore
  const colour = [
    // The hollow under the lower lip, and colour that bleeds into the skin instead of an outline.
    ellipse(CENTRE_X, bottom + 6, 20, 4.5, `fill="#a05a46" opacity=".46" ${blur(4)}`),
    path(upper, `fill="#c47a70" opacity=".55" ${blur(2)}`),
    path(lower, `fill="#c47a70" opacity=".55" ${blur(2)}`),
    path(upper, `fill="url(#ul)" ${blur(0.5)}`),
    path(lower, `fill="url(#ll)" ${blur(0.5)}`),
  ]
  const light = [
    // Fullness: the middle is lit, the corners turn away.
    ...[61, 291].map((i) => ellipse(X(i) - Math.sign(X(i) - CENTRE_X) * 4, Y(i) + 3, 6, 5, `fill="#8f4548" opacity=".2" ${blur(2)}`)), // prettier-ignore
    shine(-3, lerp(middle, bottom, 0.52), 12, 2.6, 0.34, 2),
    shine(-6, lerp(middle, bottom, 0.46), 5, 1.2, 0.5, 1),
    shine(4, lerp(middle, bottom, 0.48), 3, 0.9, 0.26, 1),
    shine(-9, lerp(bow, middle, 0.34), 5, 1.3, 0.2, 1),
    shine(9, lerp(bow, middle, 0.34), 4, 1.2, 0.12, 1),
    stroke(curve(UPPER_LIP[0].slice(2, 9).map((i) => [X(i), Y(i) - 1.5])), WARM_LIGHT, 1.5, 0.34, blur(1)),
    stroke(curve(seam), '#7c3238', 2.4, 0.34, blur(1)),
    stroke(curve(seam), '#642329', 0.9, 0.6, blur(0.5)),
    ...[61, 291].map((i) => ellipse(X(i) + Math.sign(X(i) - CENTRE_X) * 1.2, Y(i) - 0.2, 2.6, 1.8, `fill="#7c3a32" opacity=".28" ${blur(1)}`)), // prettier-ignore
  ]
  return softFirst(colour) + softFirst(light)
}

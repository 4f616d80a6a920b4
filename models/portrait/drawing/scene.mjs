/** What is behind and below the face: a softly lit room out of focus, neck and clothes. */
import { makeRandom, short } from './numbers.mjs'
import { blur, blurLarge, curve, ellipse, group, path, softFirst, stroke, vertical } from './svg.mjs'
import { CENTRE_X, VIEW } from './face-shape.mjs'
import { backHair } from './hair.mjs'

const SKIN_SHADOW = '#96523c'
const SKIN_LIGHT = '#ffeee0'
const CLOTH_SHADOW = '#101d2c'

/** Large soft lights of the room: gradients, because a wide blur is slow. */
const GLOWS = [
  { id: 'g0', x: 80, y: 140, rx: 210, ry: 230, colour: '#fff8ee', opacity: 0.8 },
  { id: 'g1', x: 460, y: 330, rx: 210, ry: 260, colour: '#7f9dab', opacity: 0.55 },
  { id: 'g2', x: 440, y: 90, rx: 190, ry: 180, colour: '#fbe7d0', opacity: 0.75 },
]

export const sceneGradients = () =>
  GLOWS.map(({ id, colour, opacity }) => `<radialGradient id="${id}"><stop offset="0" stop-color="${colour}" stop-opacity="${opacity}"/><stop offset=".5" stop-color="${colour}" stop-opacity="${opacity * 0.4}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`).join('') + // prettier-ignore
  '<radialGradient id="bg" cx=".3" cy=".25" r="1"><stop offset="0" stop-color="#f4efe8"/><stop offset=".5" stop-color="#dbe2e3"/><stop offset="1" stop-color="#9db3bd"/></radialGradient>' +
  vertical('neck', [
    [0, '#b97a60'],
    [0.35, '#dba586'],
    [0.6, '#efc0a4'],
    [1, '#eab798'],
  ]) +
  vertical('blouse', [
    [0, '#fdf9f3'],
    [1, '#e2d6c9'],
  ]) +
  vertical('blazer', [
    [0, '#3b5670'],
    [0.5, '#2b435b'],
    [1, '#1e3247'],
  ]) +
  vertical('lapel', [
    [0, '#456482'],
    [1, '#28405a'],
  ])

export const scene = () => background() + backHair() + neck() + clothes()

function background() {
  const random = makeRandom(9)
  const lights = Array.from({ length: 13 }, () => {
    const [x, y, r] = [VIEW.x + random() * VIEW.side, VIEW.y + random() * 330, 16 + 22 * random()]
    const colour = ['#fff6e6', '#ffffff', '#ffe9cf', '#d5e8ee'][Math.floor(random() * 4)]
    return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(r)}" fill="${colour}" opacity="${short(0.2 + 0.3 * random())}"/>`
  })
  return [
    `<rect x="${VIEW.x}" y="${VIEW.y}" width="${VIEW.side}" height="${VIEW.side}" fill="url(#bg)"/>`,
    ...GLOWS.map(({ id, x, y, rx, ry }) => ellipse(x, y, rx, ry, `fill="url(#${id})"`)),
    group(blurLarge(8), lights),
  ].join('')
}

const NECK =
  'M220 290 C220 342 220 366 209 388 C196 408 152 420 112 436 L112 512 L400 512 L400 436 C360 420 316 408 303 388 C292 366 292 342 292 290Z'

function neck() {
  const soft = (d, colour, width, opacity, k = 4) => stroke(d, colour, width, opacity, blur(k))
  return `${path(NECK, 'fill="url(#neck)"')}<clipPath id="nc">${path(NECK, '')}</clipPath>${group(
    'clip-path="url(#nc)"',
    softFirst([
      // The chin's shadow, then hair's shadow to both sides.
      path('M200 290L312 290L312 338C298 366 278 378 258 380C236 378 214 366 200 338Z', `fill="#7d3f2e" opacity=".62" ${blur(8)}`), // prettier-ignore
      path('M196 300L222 300L216 372L190 410Z', `fill="#6b3425" opacity=".5" ${blur(8)}`),
      path('M316 300L290 300L296 372L322 410Z', `fill="#6b3425" opacity=".6" ${blur(8)}`),
      // Sinews of the neck, the pit between the collar-bones, and the bones.
      soft('M220 350C224 378 234 402 249 424', SKIN_SHADOW, 6, 0.2),
      soft('M292 350C288 378 278 402 263 424', SKIN_SHADOW, 7, 0.3),
      soft('M226 356C230 380 240 402 252 420', SKIN_LIGHT, 3, 0.24, 3),
      ellipse(256, 430, 6, 6, `fill="${SKIN_SHADOW}" opacity=".36" ${blur(4)}`),
      soft('M247 435C234 426 206 421 168 428', SKIN_SHADOW, 4, 0.32, 3),
      soft('M265 435C278 426 306 421 344 428', SKIN_SHADOW, 4, 0.36, 3),
      soft('M248 431C236 421 210 415 176 420', SKIN_LIGHT, 4, 0.5, 3),
      soft('M264 431C276 421 302 415 336 420', SKIN_LIGHT, 4, 0.3, 3),
      ellipse(238, 458, 30, 16, `fill="${SKIN_LIGHT}" opacity=".3" ${blur(8)}`),
    ]),
  )}`
}

function clothes() {
  const mirrored = (s) => (v) => short(CENTRE_X + s * v)
  const blazer = (s) => {
    const x = mirrored(s)
    return `M${x(68)} 398C${x(98)} 412 ${x(150)} 420 ${x(178)} 438C${x(206)} 456 ${x(218)} 488 ${x(222)} 512L${x(10)} 512C${x(28)} 484 ${x(54)} 440 ${x(68)} 398Z`
  }
  const lapel = (s) => {
    const x = mirrored(s)
    return `M${x(67)} 396C${x(84)} 405 ${x(96)} 420 ${x(101)} 436L${x(78)} 446L${x(93)} 459C${x(74)} 484 ${x(48)} 502 ${x(26)} 512L${x(8)} 512C${x(32)} 478 ${x(56)} 436 ${x(67)} 396Z`
  }
  const both = (draw) => [-1, 1].map(draw).join('')
  const neckline = [[186, 408], [206, 440], [232, 460], [256, 466], [280, 460], [306, 440], [326, 408]] // prettier-ignore
  return [
    path(`${curve(neckline)}L340 512L172 512Z`, `fill="#7d3f2e" opacity=".35" transform="translate(0 -3)" ${blur(3)}`), // prettier-ignore
    path(`${curve(neckline)}L340 512L172 512Z`, 'fill="url(#blouse)"'),
    stroke(curve(neckline.map(([x, y]) => [x, y + 2.5])), '#fff', 1.6, 0.7, blur(1)),
    both((s) => path(blazer(s), 'fill="url(#blazer)"')),
    both((s) => path(lapel(s), `fill="${CLOTH_SHADOW}" opacity=".5" transform="translate(${s * 2} 3)" ${blur(4)}`)), // prettier-ignore
    both((s) => path(lapel(s), 'fill="url(#lapel)"')),
    both((s) => stroke(lapel(s), '#7391ab', 0.7, 0.5, blur(0.5))),
    // The shadow of the hair that lies on the shoulders.
    both((s) => ellipse(CENTRE_X + s * 112, 436, 34, 22, `fill="${CLOTH_SHADOW}" opacity=".6" ${blur(8)}`)),
    stroke('M118 446C110 466 106 490 106 512', CLOTH_SHADOW, 6, 0.4, blur(4)),
    stroke('M394 446C402 466 406 490 406 512', CLOTH_SHADOW, 7, 0.5, blur(4)),
    stroke('M160 424C130 432 100 444 84 460', '#86a2ba', 4, 0.4, blur(4)),
  ].join('')
}

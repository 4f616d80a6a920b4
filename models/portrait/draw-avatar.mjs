/**
 * Draws the built-in avatar: `node models/portrait/draw-avatar.mjs` writes avatar.svg (five layers), avatar.json (its
 * landmarks, by construction, and colours) and layers/ (the SVG's layers, rasterised: its blurs take seconds, reading
 * a picture takes milliseconds). The parts are drawn in drawing/; eyes and the inside of the mouth are painted by the
 * renderer.
 */
import { writeFileSync } from 'node:fs'
import { writeLayers } from './drawing/layers.mjs'
import { irisLayer, lashLayer, lidsAndBrows } from './drawing/eyes.mjs'
import { VIEW, faceOutline, landmarksIn } from './drawing/face-shape.mjs'
import { frontHair, hairGradients, hairShadows } from './drawing/hair.mjs'
import { lipGradients, lips, nose } from './drawing/nose-and-lips.mjs'
import { scene, sceneGradients } from './drawing/scene.mjs'
import { complexion, skinPatches } from './drawing/skin.mjs'
import { blurFilters, blurLarge, curve, group, path } from './drawing/svg.mjs'

/** Side of the square in which avatar.json counts. */
const SIZE = 512
const IRIS_RADIUS = 12

function faceLayer() {
  const cast = hairShadows().map((d, k) =>
    path(d, `fill="#7a3f2a" opacity=".5" transform="translate(${k === 0 ? 6 : -2} 7)" ${blurLarge(8)}`),
  )
  return group('clip-path="url(#fc)"', skinPatches(), complexion(), cast, nose(), lips(), lidsAndBrows())
}

/** Layers that are textures of their own fill the picture whatever part of the drawing it shows. */
const texture = (content) =>
  group(`transform="translate(${VIEW.x} ${VIEW.y}) scale(${VIEW.side / SIZE})"`, content)

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="${VIEW.x} ${VIEW.y} ${VIEW.side} ${VIEW.side}">
<defs>${blurFilters()}<clipPath id="fc"><path d="${curve(faceOutline, true)}"/></clipPath>
${sceneGradients()}${lipGradients()}${hairGradients()}</defs>
<g id="scene">${scene()}</g>
<g id="face">${faceLayer()}</g>
<g id="hair">${frontHair()}</g>
<g id="iris" display="none">${texture(irisLayer())}</g>
<g id="lashes" display="none">${texture(lashLayer())}</g>
</svg>
`

const avatar = {
  size: SIZE,
  layers: { scene: 'scene', face: 'face', hair: 'hair', iris: 'iris', lashes: 'lashes' },
  irisRadius: Math.round(((IRIS_RADIUS * SIZE) / VIEW.side) * 100) / 100,
  palette: {
    cavity: [84, 28, 26],
    tongue: [204, 98, 96],
    teeth: [255, 246, 232],
    gum: [204, 108, 108],
    sclera: [247, 243, 238],
    caruncle: [216, 146, 132],
    waterline: [224, 166, 152],
    lidShadow: [64, 38, 34],
    shadow: [150, 62, 40],
    shine: [255, 238, 222],
  },
  landmarks: landmarksIn(SIZE),
}

writeFileSync(new URL('avatar.svg', import.meta.url), svg)
writeFileSync(new URL('avatar.json', import.meta.url), `${JSON.stringify(avatar)}\n`)
await writeLayers(svg, new URL('layers/', import.meta.url))

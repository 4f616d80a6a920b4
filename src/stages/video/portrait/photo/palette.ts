import type { Picture } from '../../../../dsp/raster.js'
import type { Colour, Palette } from '../rig.js'
import { EYES, LOWER_LIP, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import type { PhotoPlace } from './photo-place.js'

/** Vertices of the cheeks, whose mean is the colour of the skin. */
const CHEEKS = [50, 280, 205, 425, 101, 330]
/** Share of the brightest pixels between open lips that are taken for teeth. */
const BRIGHTEST = 0.25
/** Teeth in a picture whose skin has this luminance are about this bright. */
const USUAL_SKIN = 165
const USUAL_TEETH: Colour = [226, 219, 205]

/**
 * Colours of what a photo does not show: the inside of the mouth, and what skin turns to in light and shadow. Taken
 * from the person's skin, lips and, where they are seen, teeth, so that they sit in the same light.
 *
 * @param photo Opaque; covers the frame.
 */
export function paletteOf(photo: Picture, place: PhotoPlace): Palette {
  const at = (vertex: number): [number, number] => place.at(vertex)
  const reach = Math.max(1, Math.round(place.texelsPerPixel * 2))
  const skin = meanColour(CHEEKS.map((vertex) => patchMean(photo, at(vertex), reach)))
  const lip = meanColour(LOWER_LIP[1].slice(3, 8).map((vertex) => patchMean(photo, at(vertex), 1)))
  const light = Math.min(1.25, luminance(skin) / USUAL_SKIN)
  const teeth = teethOf(photo, place) ?? tint(USUAL_TEETH, skin, Math.min(1.05, light))
  // Flesh that light reaches through lips and teeth: the lips' own hue, deeper.
  const tongue = mix(scaleColour([196, 104, 100], light), lip, 0.35)
  return {
    cavity: mix(scaleColour([100, 38, 38], light), scaleColour(lip, 0.34), 0.3),
    tongue,
    teeth,
    gum: mix(scaleColour([186, 104, 100], light), lip, 0.4),
    sclera: scaleColour([232, 228, 224], light),
    caruncle: mix(lip, skin, 0.5),
    waterline: mix(skin, [255, 236, 228], 0.3),
    lidShadow: scaleColour(skin, 0.35),
    lashes: lashesOf(photo, place, skin),
    shadow: [skin[0] * 0.5, skin[1] * 0.4, skin[2] * 0.36],
    shine: mix(skin, [255, 250, 242], 0.75),
  }
}

/** The colour of teeth that the photo shows between open lips, if it does. */
function teethOf(photo: Picture, place: PhotoPlace): Colour | undefined {
  const found: Colour[] = []
  for (let k = 2; k < UPPER_SEAM.length - 2; k++) {
    const [ux, uy] = place.at(UPPER_SEAM[k]!)
    const [lx, ly] = place.at(LOWER_SEAM[k]!)
    const height = ly - uy
    for (let step = 2; step < height - 2; step++) {
      const share = step / height
      found.push(patchMean(photo, [ux + (lx - ux) * share, uy + height * share], 0))
    }
  }
  if (found.length < 12) return undefined
  found.sort((a, b) => luminance(b) - luminance(a))
  const brightest = meanColour(found.slice(0, Math.ceil(found.length * BRIGHTEST)))
  // Teeth are pale: what is red is tongue or gum.
  return brightest[0] - brightest[2] < 0.3 * brightest[0] && luminance(brightest) > 70 ? brightest : undefined
}

/** The darkest colour along the upper lids, never far from black-brown. */
function lashesOf(photo: Picture, place: PhotoPlace, skin: Colour): Colour {
  const along = EYES.flatMap((eye) => eye.upper.slice(1, -1)).map((vertex) =>
    patchMean(photo, place.at(vertex), 1),
  )
  along.sort((a, b) => luminance(a) - luminance(b))
  return mix(scaleColour(skin, 0.16), along[2]!, 0.4)
}

function patchMean(photo: Picture, [cx, cy]: readonly [number, number], reach: number): Colour {
  const sum = [0, 0, 0]
  let count = 0
  const right = Math.min(photo.width - 1, Math.round(cx) + reach)
  const bottom = Math.min(photo.height - 1, Math.round(cy) + reach)
  for (let y = Math.max(0, Math.round(cy) - reach); y <= bottom; y++) {
    for (let x = Math.max(0, Math.round(cx) - reach); x <= right; x++) {
      const pixel = photo.pixels[y * photo.width + x]!
      sum[0]! += pixel & 255
      sum[1]! += (pixel >>> 8) & 255
      sum[2]! += (pixel >>> 16) & 255
      count++
    }
  }
  const share = 1 / Math.max(1, count)
  return [sum[0]! * share, sum[1]! * share, sum[2]! * share]
}

function meanColour(colours: readonly Colour[]): Colour {
  const sum = colours.reduce<[number, number, number]>(
    (total, [red, green, blue]) => [total[0] + red, total[1] + green, total[2] + blue],
    [0, 0, 0],
  )
  return scaleColour(sum, 1 / Math.max(1, colours.length))
}

/** A colour in the light that falls on the skin: its brightness, and a part of its hue. */
function tint(colour: Colour, skin: Colour, light: number): Colour {
  const grey = luminance(skin)
  const cast = (channel: 0 | 1 | 2, usual: number): number =>
    colour[channel] * light * (1 + 0.25 * (skin[channel] / grey / usual - 1))
  // Skin in white light has about these shares of its luminance.
  return clampColour([cast(0, 1.22), cast(1, 0.95), cast(2, 0.8)])
}

function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}

function scaleColour([red, green, blue]: Colour, factor: number): Colour {
  return clampColour([red * factor, green * factor, blue * factor])
}

function clampColour([red, green, blue]: Colour): Colour {
  return [Math.min(255, red), Math.min(255, green), Math.min(255, blue)]
}

function luminance([red, green, blue]: Colour): number {
  return 0.3 * red + 0.59 * green + 0.11 * blue
}

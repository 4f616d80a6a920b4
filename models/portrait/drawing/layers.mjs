/** Rasterises the layers of the avatar's SVG to pictures that load fast at any frame size. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** Half as large again as the largest frame, 1024 pixels, so that a moving picture stays sharp. */
const LARGE = 1536

/** Side at which each layer is drawn, and how much of its height is used. */
const LAYERS = {
  scene: { side: LARGE, height: LARGE },
  face: { side: LARGE, height: LARGE },
  hair: { side: LARGE, height: LARGE },
  iris: { side: 256, height: 256 },
  lashes: { side: 320, height: 80 },
}

/** Near-transparent quality at a quarter of the size of lossless; edges keep their alpha exactly. */
const WEBP = { quality: 96, alphaQuality: 100, smartSubsample: true, effort: 6 }

/** Writes `<name>.webp` for each layer of the SVG into a folder. */
export async function writeLayers(svg, folder) {
  mkdirSync(folder, { recursive: true })
  for (const [name, { side, height }] of Object.entries(LAYERS)) {
    await sharp(Buffer.from(onlyLayer(svg, name, side)))
      .extract({ left: 0, top: 0, width: side, height })
      .webp(WEBP)
      .toFile(fileURLToPath(new URL(`${name}.webp`, folder)))
  }
}

/** The SVG with one of its layers shown and the others hidden, at another size. */
function onlyLayer(svg, layer, side) {
  return svg
    .replace(/width="\d+" height="\d+"/, `width="${side}" height="${side}"`)
    .replace(/<g id="(\w+)"(?: display="none")?>/g, (_, id) =>
      id === layer ? `<g id="${id}">` : `<g id="${id}" display="none">`,
    )
}

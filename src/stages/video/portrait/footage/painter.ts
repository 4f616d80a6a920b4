import { drawTriangles, type ShadeColours } from '../../../../dsp/raster.js'
import { skinTriangles, type CanonicalFace } from '../canonical.js'
import { MouthPainter } from '../mouth.js'
import type { FrameMoment, FramePainter } from '../painter.js'
import { relaxMouth } from '../photo/relax-mouth.js'
import type { Colour, Palette } from '../rig.js'
import { faceRegion } from './face-region.js'
import { checkFootage, type Footage } from './footage.js'
import { FrameReader } from './frame-reader.js'
import { HeadFits } from './head-fits.js'
import { LipPatch } from './lip-patch.js'
import { loopFrame } from './loop.js'
import { MovingTriangles } from './moving-triangles.js'
import { calmFrames, joinSeams, neutralFace, seamGaps } from './neutral-face.js'
import { RegionOfInterest } from './region-of-interest.js'
import { SpeakingHead } from './speaking-head.js'
import { speechMesh } from './speech-mesh.js'

/** From the bridge of the nose to the chin on the canonical face, in centimetres: half of MuseTalk's face box. */
const HALF_BOX = 10
/** The largest shift of the region that has an effect, in centimetres. */
const LARGEST_SHIFT = 1.5
/** Trackers see closed lips up to this far apart, in centimetres; what is more is an open mouth. */
const MOST_CLOSED = 0.3
/** Moments further apart than this are no hint at the frame that comes next, in seconds. */
const STRIDE_LIMIT = 0.5
/** What the line between the lips is, as a share of the skin's shadow. */
const SEAM_LIGHT = 0.42

/**
 * Makes a filmed person speak: the footage runs forward and back, and in each of its frames the mouth, the chin and
 * what hangs on them are moved. Everything else is the footage's, pixel by pixel.
 */
export class FootagePainter implements FramePainter {
  readonly width: number
  readonly height: number
  readonly #fps: number
  readonly #count: number
  readonly #reader: FrameReader
  readonly #head: SpeakingHead
  readonly #region: RegionOfInterest
  readonly #mouth: MouthPainter
  readonly #around: MovingTriangles
  readonly #gap: MovingTriangles
  readonly #skin: MovingTriangles
  readonly #lips: MovingTriangles
  /** Undefined when the lips are never closed. */
  readonly #patch: LipPatch | undefined
  readonly #skinShades: ShadeColours
  readonly #lipShades: ShadeColours
  #previous = 0

  /**
   * Takes some hundred milliseconds.
   *
   * @throws ModelLoadError when the parts of the footage do not fit together.
   */
  constructor(face: CanonicalFace, footage: Footage) {
    checkFootage(footage)
    const { width, height, fps, files, palette } = footage
    this.width = width
    this.height = height
    this.#fps = fps
    this.#count = files.length
    this.#reader = new FrameReader({ files, width, height })
    this.#region = new RegionOfInterest(width, height)
    this.#mouth = new MouthPainter(palette, this.#region.widest, this.#region.highest)
    const { head, mesh } = prepare(face, footage)
    this.#head = head
    const { texture } = this.#region
    this.#around = new MovingTriangles(mesh.surround.triangles, texture, head.filmed)
    this.#gap = new MovingTriangles(mesh.gap, texture, head.gapTexture)
    this.#skin = new MovingTriangles(mesh.skin, texture, head.filmed)
    this.#lips = new MovingTriangles(mesh.lips, texture, head.filmed)
    this.#patch = footage.calm ? new LipPatch(footage.calm, skinTriangles(face)) : undefined
    this.#skinShades = skinShades(palette)
    this.#lipShades = lipShades(palette)
  }

  /**
   * Draws one moment. The head's rotation is not looked at: the footage moves its own.
   *
   * @throws ModelLoadError when the frame's file is missing or damaged.
   */
  async paint({ weights, seconds }: FrameMoment, out: Uint8Array): Promise<void> {
    const index = this.#frameAt(seconds)
    const rgb = await this.#reader.read(index)
    this.#prepareNext(seconds)
    out.set(rgb)
    this.#head.update(index, weights)
    this.#region.read(rgb, this.#head.bounds)
    this.#head.moveOrigin(this.#region.left, this.#region.top)
    this.#draw()
    this.#region.write(out)
  }

  #draw(): void {
    const { canvas, texture } = this.#region
    const head = this.#head
    const { positions, shade } = head
    drawTriangles(canvas, this.#around.select(positions, shade), positions)
    drawTriangles(canvas, this.#gap.select(positions, shade), positions, shade, this.#lipShades)
    drawTriangles(canvas, this.#skin.select(positions, shade), positions, shade, this.#skinShades)
    drawTriangles(canvas, this.#lips.select(positions, shade), positions, shade, this.#lipShades)
    if (head.partedLips > 0) this.#patch?.draw(canvas, texture, head.filmed, positions, head.partedLips)
    this.#mouth.paint(canvas, head)
  }

  #frameAt(seconds: number): number {
    return loopFrame(seconds, this.#fps, this.#count)
  }

  /** Frames are mostly asked for at equal distances. */
  #prepareNext(seconds: number): void {
    const stride = seconds - this.#previous
    this.#previous = seconds
    if (stride > 0 && stride < STRIDE_LIMIT) this.#reader.prepare(this.#frameAt(seconds + stride))
  }
}

function prepare(
  face: CanonicalFace,
  { landmarks, bboxShift }: Footage,
): { readonly head: SpeakingHead; readonly mesh: ReturnType<typeof speechMesh> } {
  const fits = new HeadFits(face, landmarks, faceRegion(face).skull)
  const pixels = fits.of(calmFrames(landmarks)[0]!).scale
  const shift = Math.min(LARGEST_SHIFT, Math.max(-LARGEST_SHIFT, bboxShift / pixels))
  const region = faceRegion(face, shift)
  const mesh = speechMesh(face, region)
  const calm = neutralFace(landmarks, fits)
  const neutral = relaxMouth(face, calm)
  joinSeams(neutral)
  const closedGaps = seamGaps(calm).map((gap) => Math.min(MOST_CLOSED, Math.max(0, gap)))
  // MuseTalk stretches its box to a fixed size: what is drawn in a box that begins lower comes out larger.
  const opening = HALF_BOX / (HALF_BOX - shift)
  const head = new SpeakingHead({ face, region, mesh, fits, landmarks, neutral, closedGaps, opening })
  return { head, mesh }
}

function skinShades({ shadow, shine }: Palette): ShadeColours {
  return { dark: packColour(shadow, 1), light: packColour(shine, 1) }
}

function lipShades({ shadow, shine }: Palette): ShadeColours {
  return { dark: packColour(shadow, SEAM_LIGHT), light: packColour(shine, 1) }
}

function packColour([red, green, blue]: Colour, light: number): number {
  return (Math.round(blue * light) << 16) | (Math.round(green * light) << 8) | Math.round(red * light)
}

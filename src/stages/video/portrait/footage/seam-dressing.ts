import { smoothstep } from '../../../../dsp/spline.js'
import { LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import type { MouthPose } from './mouth-pose.js'

/** The first and the last vertex of a seam are the corners, shared by both lips; this is the middle one. */
const MIDDLE = 5
const LAST = UPPER_SEAM.length - 1

/** Between these gaps of the filmed lips, in centimetres, the texture at the seam is taken from further inside a lip. */
const PARTED_FROM = 0.04
const PARTED_TO = 0.25
/** How far towards the lip's border it is taken then, in the middle of the mouth and at the corners… */
const LIP_RETREAT = 0.25
const CORNER_RETREAT = 1
/** …and how much of that each ring of the lip takes part in, from the border to the seam. */
const RING_RETREAT = [0, 0.35, 0.75, 1] as const

/** How dark the seam of lips is drawn that were filmed closed, and parted: what is filmed closed has its own line. */
const LINE_CLOSED = 0.08
const LINE_PARTED = 0.5
/** How much of the line fades towards the corners, where lips are drawn close together anyway. */
const CORNER_FADE = 0.8
/** How much of it each ring of the lips takes, from the border to the seam, so that the line is soft. */
const RING_SHADE = [0, 0.12, 0.6, 1] as const
/** Between these gaps of the drawn lips, in centimetres, the line of the seam gives way to the mouth's inside. */
const LINE_FROM = 0.06
const LINE_TO = 0.35

/** What a seam is dressed with; all indexed by vertex. */
export interface SeamClothes {
  /** x, y in pixels: where lips take their texture. */
  readonly filmed: Float32Array
  /** x, y in pixels: where the gap between the lips takes its texture. */
  readonly gapTexture: Float32Array
  /** −1 (dark) … 1 (light). */
  readonly shade: Float32Array
}

/**
 * Lips that were filmed apart show teeth at their seam and have no line where they meet: their edges take their
 * texture from inside the lip, and the line is drawn.
 */
export class SeamDressing {
  readonly #closedGaps: ArrayLike<number>
  /** How far the filmed lips are apart at each vertex of the seams, 0–1. */
  readonly #parted = new Float32Array(UPPER_SEAM.length)

  /** @param closedGaps How far apart, in centimetres, closed lips are in the landmarks, at each vertex of the seams. */
  constructor(closedGaps: ArrayLike<number>) {
    this.#closedGaps = closedGaps
  }

  /** How far apart the middle of the lips was filmed: 0 (closed) … 1 (two millimetres and more). */
  get parted(): number {
    let sum = 0
    for (let k = MIDDLE - 2; k <= MIDDLE + 2; k++) sum += this.#parted[k]!
    return sum / 5
  }

  /**
   * @param clothes `filmed` holds the filmed places and is changed at the lips; the rest is written.
   * @param downX The head's own way down in the picture, in centimetres a pixel.
   * @param mouth What is drawn.
   */
  dress(clothes: SeamClothes, downX: number, downY: number, mouth: Pick<MouthPose, 'gap'>): void {
    this.#measure(clothes.filmed, downX, downY)
    for (let k = 0; k <= LAST; k++) {
      // The dark of the corners reaches further than the opening itself.
      const before = this.#parted[Math.max(0, k - 1)]!
      const after = this.#parted[Math.min(LAST, k + 1)]!
      const parted = Math.max(before, this.#parted[k]!, after)
      const cornered = (Math.abs(k - MIDDLE) / MIDDLE) ** 3
      const line = smoothstep(LINE_TO, LINE_FROM, mouth.gap(k)) * (1 - CORNER_FADE * cornered)
      const shade = -line * (LINE_CLOSED + (LINE_PARTED - LINE_CLOSED) * parted)
      const retreat = parted * (LIP_RETREAT + (CORNER_RETREAT - LIP_RETREAT) * cornered)
      meetHalfway(clothes.filmed, k, 1 - this.#parted[k]!)
      dressLip(clothes, UPPER_LIP, k, shade, retreat)
      if (k > 0 && k < LAST) dressLip(clothes, LOWER_LIP, k, shade, retreat)
      fillGap(clothes, k)
    }
  }

  #measure(filmed: Float32Array, downX: number, downY: number): void {
    for (let k = 0; k <= LAST; k++) {
      const upper = UPPER_SEAM[k]! * 2
      const lower = LOWER_SEAM[k]! * 2
      const apart =
        (filmed[lower]! - filmed[upper]!) * downX + (filmed[lower + 1]! - filmed[upper + 1]!) * downY
      this.#parted[k] = smoothstep(PARTED_FROM, PARTED_TO, apart - this.#closedGaps[k]!)
    }
  }
}

/**
 * Moves the seams of the lips at a vertex towards their middle, by a share of the way: where trackers see closed lips
 * apart, the line in which they meet is between.
 */
export function meetHalfway(places: Float32Array, k: number, share: number): void {
  for (let axis = 0; axis < 2; axis++) {
    const upper = UPPER_SEAM[k]! * 2 + axis
    const lower = LOWER_SEAM[k]! * 2 + axis
    const way = ((places[lower]! - places[upper]!) / 2) * share
    places[upper]! += way
    places[lower]! -= way
  }
}

function dressLip(
  { filmed, shade }: SeamClothes,
  lip: typeof UPPER_LIP | typeof LOWER_LIP,
  k: number,
  dark: number,
  retreat: number,
): void {
  const border = lip[0][k]! * 2
  for (let ring = 1; ring < lip.length; ring++) {
    const vertex = lip[ring]![k]!
    shade[vertex] = dark * RING_SHADE[ring]!
    const share = k === 0 || k === LAST ? retreat : retreat * RING_RETREAT[ring]!
    for (let axis = 0; axis < 2; axis++) {
      filmed[vertex * 2 + axis]! += (filmed[border + axis]! - filmed[vertex * 2 + axis]!) * share
    }
  }
}

/** Both sides of the gap take the lower lip's texture: what shines through a hair's breadth is lip. */
function fillGap({ filmed, gapTexture }: SeamClothes, k: number): void {
  const upper = UPPER_SEAM[k]! * 2
  const lower = LOWER_SEAM[k]! * 2
  for (let axis = 0; axis < 2; axis++) {
    gapTexture[upper + axis] = gapTexture[lower + axis] = filmed[lower + axis]!
  }
}

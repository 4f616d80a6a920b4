import type { RgbPicture } from '../../media/rgb-picture.js'
import type { FaceDetector } from './detector.js'
import { foundFace, type FaceBox, type FoundFace } from './found-face.js'
import type { FaceMesh } from './mesh.js'
import { PicturePyramid } from './pyramid.js'
import { regionOfLandmarks, type Region } from './region.js'
import { searchFaces } from './search.js'
import { SMALLEST_FACE, tilesOf } from './tiles.js'

/** Of the pictures without the face, every so many is searched for small faces too. */
const THOROUGH_EVERY = 8
/** Sizes of the squares around the place where the face was last, in its own. */
const NEARBY = [2, 4] as const

/** How far the same face may be from one picture to the next, in its own size, and how much its size may change. */
const REACH = 0.75
const SIZE_CHANGE = 1.4
/** What is added to both for each picture in which it was not seen. */
const REACH_A_MISS = 0.25
const CHANGE_A_MISS = 0.1

/** Follows one face through the pictures of a video: its state is where that face was last. */
export class FaceFollower {
  readonly #detector: FaceDetector
  readonly #mesh: FaceMesh
  readonly #pyramid = new PicturePyramid()
  #last: { readonly region: Region; readonly box: FaceBox } | undefined
  /** Pictures since the face was last seen, or since the beginning. */
  #missed = 0

  constructor(detector: FaceDetector, mesh: FaceMesh) {
    this.#detector = detector
    this.#mesh = mesh
  }

  /**
   * Finds the face in the next picture.
   *
   * @returns undefined when it is not there, even if others are.
   */
  async next(picture: RgbPicture): Promise<FoundFace | undefined> {
    this.#pyramid.load(picture)
    const face = (await this.#follow()) ?? (await this.#look())
    if (face === undefined) {
      this.#missed += 1
    } else {
      this.#missed = 0
      this.#last = { region: regionOfLandmarks(face.landmarks), box: face.box }
    }
    return face
  }

  async #follow(): Promise<FoundFace | undefined> {
    if (this.#last === undefined) return undefined
    const face = await this.#mesh.fit(this.#pyramid, this.#last.region)
    return face?.steady === true && this.#isNear(face) ? foundFace(face.landmarks, face.presence) : undefined
  }

  async #look(): Promise<FoundFace | undefined> {
    const search = searchFaces(this.#detector, this.#mesh, this.#pyramid, this.#tiles())
    let step = await search.next()
    while (step.done !== true) step = await search.next()
    const faces = step.value
    if (this.#last === undefined) return faces[0]
    const distance = ({ box }: FoundFace): number => between(box, this.#last!.box)
    return faces.filter((face) => this.#isNear(face)).sort((a, b) => distance(a) - distance(b))[0]
  }

  #tiles(): Region[] {
    const thorough = this.#missed % THOROUGH_EVERY === 0
    const { width, height } = this.#pyramid
    const tiles = tilesOf(width, height, thorough ? SMALLEST_FACE : Math.max(width, height) / 8)
    if (this.#last === undefined) return tiles
    const { left, top, width: across, height: down } = this.#last.box
    const centreX = left + across / 2
    const centreY = top + down / 2
    const { angle } = this.#last.region
    const nearby = NEARBY.map((times) => ({
      centreX,
      centreY,
      size: times * Math.max(across, down),
      angle,
    }))
    return [...nearby, ...tiles]
  }

  #isNear({ box }: FoundFace): boolean {
    const { box: last } = this.#last!
    const size = Math.max(last.width, last.height)
    const change = Math.max(box.width, box.height) / size
    const most = SIZE_CHANGE + CHANGE_A_MISS * this.#missed
    return (
      change <= most &&
      change >= 1 / most &&
      between(box, last) <= (REACH + REACH_A_MISS * this.#missed) * size
    )
  }
}

/** Distance of the middles. */
function between(a: FaceBox, b: FaceBox): number {
  return Math.hypot(a.left + a.width / 2 - b.left - b.width / 2, a.top + a.height / 2 - b.top - b.height / 2)
}

import type { RgbPicture } from '../../media/rgb-picture.js'
import { defineProgram, type Program, type SessionOptions } from '../../runtime/program.js'
import { onnxFromTflite } from '../../runtime/tflite/convert.js'
import { FaceDetector } from './detector.js'
import { FaceFollower } from './following.js'
import type { FoundFace } from './found-face.js'
import { FaceMesh } from './mesh.js'
import { readFaceNetworks } from './package-files.js'
import { PicturePyramid } from './pyramid.js'
import { searchFaces } from './search.js'
import { SMALLEST_FACE, tilesOf } from './tiles.js'

/** What the worker is loaded with. */
export interface FaceConfig {
  /** Absolute folder of the npm package that brings the networks. */
  readonly packageFolder: string
}

export interface FaceInit {
  /** All faces of single pictures, or one face through the pictures of a video. */
  readonly purpose: 'find' | 'follow'
}

/** The faces of a picture, largest first: all of them, or the one that is followed. Undefined: still looking. */
export type FaceOutput = readonly FoundFace[] | undefined

/** How a picture is held; upside down when there is no face in it otherwise. Faces on their side are seen in both. */
const TURNS = [0, Math.PI] as const

/** Both networks take a millisecond or two on a core, less than the way to another device and back. */
const SESSION: SessionOptions = { device: { kind: 'cpu' } }

/** The worker's program: converts the two networks when it is loaded, then finds faces in pictures. */
export default defineProgram(
  async (context, { packageFolder }: FaceConfig): Promise<Program<FaceInit, RgbPicture, FaceOutput>> => {
    const networks = await readFaceNetworks(context.folder, packageFolder)
    const load = (name: keyof typeof networks) =>
      context.createSession({ name: `face ${name}`, bytes: onnxFromTflite(networks[name]) }, SESSION)
    const detector = new FaceDetector(await load('detector'))
    const mesh = new FaceMesh(await load('mesh'))

    async function* find(picture: RgbPicture): AsyncGenerator<FaceOutput> {
      const pyramid = new PicturePyramid()
      pyramid.load(picture)
      let faces: readonly FoundFace[] = []
      for (const angle of TURNS) {
        const tiles = tilesOf(picture.width, picture.height, SMALLEST_FACE, angle)
        faces = yield* searchFaces(detector, mesh, pyramid, tiles)
        if (faces.length > 0) break
      }
      yield faces
    }

    return {
      open({ purpose }) {
        if (purpose === 'find') return { process: find }
        const follower = new FaceFollower(detector, mesh)
        return {
          process: async (picture: RgbPicture) => {
            const face = await follower.next(picture)
            return face === undefined ? [] : [face]
          },
        }
      },
      transfer: (faces) => faces?.map(({ landmarks }) => landmarks.buffer) ?? [],
    }
  },
)

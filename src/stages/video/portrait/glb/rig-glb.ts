import type { Picture } from '../../../../dsp/raster.js'
import { BLENDSHAPE_NAMES } from '../../../../pipeline/blendshapes.js'
import type { Rig } from '../rig.js'
import { eyeParts } from './eye-parts.js'
import { GlbFile } from './glb-file.js'
import { lidParts } from './lid-parts.js'
import { mouthParts } from './mouth-parts.js'
import type { RigPart } from './rig-part.js'
import { sheetParts } from './sheet-parts.js'

/** A texture as it goes into the file. */
export interface EncodedTexture {
  readonly bytes: Uint8Array
  readonly mimeType: 'image/png' | 'image/jpeg'
}

/** All pieces of a rig, in the order in which they cover each other. */
export function rigParts(rig: Rig): RigPart[] {
  const parts = [...sheetParts(rig), ...mouthParts(rig), ...eyeParts(rig), ...lidParts(rig)]
  return parts.sort((a, b) => a.order - b.order)
}

/** Nodes that vertices follow, in the order of the skin's joints. */
const ROOT = 0
const HEAD = 1
const CHEST = 2
const JOINT_COUNT = 3
const FULL_WEIGHT = 65_535
/** Metres before the plane of the ears. */
const CAMERA_DISTANCE = 1

/**
 * A rig as a GLB file: glTF 2.0 in metres, y up, z towards the viewer, the origin in the frame's middle. The mesh `face`
 * has the 52 channels as morph targets, in their order and by their names; other meshes have those that move them. Two
 * bones turn and lift it: `head` and `chest`. The camera `frame` sees what the frames show. What lies over what is in
 * `extras.order`.
 *
 * @param name what the avatar is called
 * @param parts what `rigParts` makes of the rig
 * @param textures of the parts' pictures
 */
export function rigGlb(
  name: string,
  rig: Rig,
  parts: readonly RigPart[],
  textures: ReadonlyMap<Picture, EncodedTexture>,
): Uint8Array<ArrayBuffer> {
  const file = new GlbFile()
  const metres = 0.01 / rig.scale
  const middle = (rig.size - 1) / 2
  const place = (x: number, y: number, z: number): [number, number, number] => [
    (x - middle) * metres,
    (middle - y) * metres,
    -z * metres,
  ]
  const pivot = place(rig.pivot.x, rig.pivot.y, 0)
  const textureOf = new Map(
    Array.from(textures, ([picture, { bytes, mimeType }]) => [picture, file.texture(bytes, mimeType)]),
  )

  const meshes = parts.map((part, index) => {
    const count = part.rest.length / 3
    // Of the face all channels, so that their order is the order of the weights; of the rest those that move it.
    const channels = BLENDSHAPE_NAMES.filter((channel) => part.name === 'face' || part.moves.has(channel))
    const targets = channels.map((channel) => {
      const { vertices, moves } = part.moves.get(channel) ?? STILL
      return {
        POSITION: file.sparseVectors(
          count,
          vertices,
          moves.map((value, i) => (i % 3 === 0 ? value : -value) * metres),
        ),
      }
    })
    const { joints, weights } = jointsOf(part, count)
    const primitive = {
      attributes: {
        POSITION: file.vectors(converted(part.rest, place)),
        TEXCOORD_0: file.coordinates(part.uv),
        JOINTS_0: file.joints(joints),
        WEIGHTS_0: file.weights(weights),
      },
      indices: file.indices(clockwiseInPicture(part.triangles)),
      material: index,
      ...(targets.length > 0 ? { targets } : {}),
    }
    const morphs =
      targets.length > 0 ? { weights: channels.map(() => 0), extras: { targetNames: channels } } : {}
    return { name: part.name, primitives: [primitive], ...morphs }
  })

  const first = JOINT_COUNT
  const camera = first + parts.length
  const half = (rig.size / 2) * metres
  return file.finish({
    extensionsUsed: ['KHR_materials_unlit'],
    scene: 0,
    scenes: [{ name, nodes: [ROOT, ...parts.map((_, index) => first + index), camera] }],
    nodes: [
      { name: 'portrait', children: [HEAD, CHEST] },
      { name: 'head', translation: pivot },
      { name: 'chest' },
      ...parts.map((part, index) => ({
        name: part.name,
        mesh: index,
        skin: 0,
        extras: { order: part.order },
      })),
      { name: 'frame', camera: 0, translation: [0, 0, CAMERA_DISTANCE] },
    ],
    skins: [
      { joints: [ROOT, HEAD, CHEST], skeleton: ROOT, inverseBindMatrices: file.matrices(bindings(pivot)) },
    ],
    cameras: [
      {
        type: 'orthographic',
        orthographic: { xmag: half, ymag: half, znear: 0.01, zfar: CAMERA_DISTANCE * 2 },
      },
    ],
    meshes,
    materials: parts.map((part) => ({
      name: part.name,
      pbrMetallicRoughness: {
        baseColorTexture: { index: textureOf.get(part.texture)! },
        metallicFactor: 0,
        roughnessFactor: 1,
      },
      ...(part.opaque ? {} : { alphaMode: 'BLEND' }),
      doubleSided: true,
      // The light is in the picture.
      extensions: { KHR_materials_unlit: {} },
    })),
  })
}

const STILL = { vertices: new Uint16Array(), moves: new Float32Array() }

function converted(
  rest: Float32Array,
  place: (x: number, y: number, z: number) => [number, number, number],
): Float32Array {
  const out = new Float32Array(rest.length)
  for (let i = 0; i < rest.length; i += 3) out.set(place(rest[i]!, rest[i + 1]!, rest[i + 2]!), i)
  return out
}

/** With y up, what went clockwise goes the other way, which is glTF's front. */
function clockwiseInPicture(triangles: Uint16Array): Uint16Array {
  const turned = triangles.slice()
  for (let t = 0; t < turned.length; t += 3) {
    turned[t + 1] = triangles[t + 2]!
    turned[t + 2] = triangles[t + 1]!
  }
  return turned
}

function jointsOf({ follows }: RigPart, count: number): { joints: Uint8Array; weights: Uint16Array } {
  const joints = new Uint8Array(count * 4)
  const weights = new Uint16Array(count * 4)
  for (let i = 0; i < count; i++) {
    const head = Math.round((follows ? follows.head[i]! : 1) * FULL_WEIGHT)
    const chest = Math.min(FULL_WEIGHT - head, Math.round((follows ? follows.chest[i]! : 0) * FULL_WEIGHT))
    // glTF wants joints of no weight to be 0.
    joints.set([ROOT, head > 0 ? HEAD : 0, chest > 0 ? CHEST : 0, 0], i * 4)
    weights.set([FULL_WEIGHT - head - chest, head, chest, 0], i * 4)
  }
  return { joints, weights }
}

/** Inverse bind matrices: only the head's joint is elsewhere than the origin. */
function bindings([x, y, z]: readonly [number, number, number]): Float32Array {
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
  return Float32Array.from([...identity, ...identity.slice(0, 12), -x, -y, -z, 1, ...identity])
}

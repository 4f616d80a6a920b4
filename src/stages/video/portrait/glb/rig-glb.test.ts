import {
  Bone,
  Mesh,
  MeshBasicMaterial,
  OrthographicCamera,
  SkinnedMesh,
  Texture,
  Vector3,
  type Group,
} from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { CancelledError } from '../../../../errors.js'
import { BLENDSHAPE_NAMES, type BlendshapeName } from '../../../../pipeline/blendshapes.js'
import { loadAvatarRig } from '../avatar.js'
import { weightsOf } from '../contact-sheet.js'
import { Pose } from '../pose.js'
import type { Rig } from '../rig.js'
import { FACE_VERTEX_COUNT } from '../topology.js'
import { exportRig } from './export-rig.js'

const SIZE = 512
/** Pixels of the frame: less than anybody sees. */
const NEAR = 0.3

let glb: Uint8Array<ArrayBuffer>
let model: Group
let face: SkinnedMesh
let rig: Rig

beforeAll(async () => {
  glb = await exportRig({ kind: 'built-in' }, new AbortController().signal)
  rig = await loadAvatarRig(SIZE)
  // Node decodes no pictures: the textures' own form is looked at below.
  const loader = new GLTFLoader().register(() => ({
    name: 'no-pictures',
    loadTexture: () => Promise.resolve(new Texture()),
  }))
  model = (await loader.parseAsync(glb.buffer, '')).scene
  face = model.getObjectByName('face') as SkinnedMesh
}, 60_000)

/** The JSON part of the file. */
function json(): {
  readonly buffers: readonly { readonly byteLength: number }[]
  readonly images: readonly { readonly bufferView: number; readonly mimeType: string }[]
  readonly bufferViews: readonly { readonly byteOffset: number; readonly byteLength: number }[]
} {
  const length = new DataView(glb.buffer).getUint32(12, true)
  return JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + length))) as ReturnType<typeof json>
}

/** Poses the model. */
function pose(weights: Partial<Record<BlendshapeName, number>>, rotation = [0, 0, 0]): void {
  model.traverse((object) => {
    if (!(object instanceof Mesh) || object.morphTargetDictionary === undefined) return
    for (const [name, index] of Object.entries(object.morphTargetDictionary)) {
      object.morphTargetInfluences![index] = weights[name as BlendshapeName] ?? 0
    }
  })
  const head = model.getObjectByName('head')!
  head.rotation.order = 'ZXY'
  head.rotation.set(rotation[0]!, rotation[1]!, -rotation[2]!)
  model.updateMatrixWorld(true)
}

/** Where a vertex is seen, in pixels of the frame. */
function seen(mesh: Mesh, vertex: number): [number, number] {
  const camera = model.getObjectByName('frame') as OrthographicCamera
  const point = mesh.getVertexPosition(vertex, new Vector3()).applyMatrix4(mesh.matrixWorld).project(camera)
  return [((point.x + 1) * SIZE) / 2 - 0.5, ((1 - point.y) * SIZE) / 2 - 0.5]
}

describe('the rig as GLB', () => {
  it('has the 52 channels as morph targets of the face, in their order', () => {
    expect(Object.keys(face.morphTargetDictionary!)).toEqual([...BLENDSHAPE_NAMES])
    expect(face.geometry.getAttribute('position').count).toBeGreaterThanOrEqual(FACE_VERTEX_COUNT)
  })

  it('is unlit, stands on bones, and has a camera that sees the frame', () => {
    for (const name of [
      'scene',
      'face',
      'hair',
      'upper-teeth',
      'lower-teeth',
      'tongue',
      'eye-left',
      'iris-right',
    ]) {
      const mesh = model.getObjectByName(name)
      expect(mesh, name).toBeInstanceOf(SkinnedMesh)
      expect((mesh as SkinnedMesh).material, name).toBeInstanceOf(MeshBasicMaterial)
    }
    for (const name of ['portrait', 'head', 'chest']) expect(model.getObjectByName(name)).toBeInstanceOf(Bone)
    expect(model.getObjectByName('frame')).toBeInstanceOf(OrthographicCamera)
  })

  it.each<[string, Partial<Record<BlendshapeName, number>>, number[]]>([
    ['at rest', {}, [0, 0, 0]],
    ['speaking', { jawOpen: 0.6, mouthFunnel: 0.3, mouthLowerDownLeft: 0.4 }, [0, 0, 0]],
    ['frowning', { browDownLeft: 1, noseSneerRight: 0.6, cheekPuff: 0.5 }, [0, 0, 0]],
    ['turned', { jawOpen: 0.3 }, [0.15, -0.2, 0.1]],
  ])('shows every vertex where a frame shows it: %s', (_, weights, rotation) => {
    const drawn = new Pose(rig)
    drawn.update(weightsOf(weights), rotation, 0)
    pose(weights, rotation)
    let worst = 0
    for (let vertex = 0; vertex < FACE_VERTEX_COUNT; vertex += 1) {
      const [x, y] = seen(face, vertex)
      const far = Math.hypot(x - drawn.positions[vertex * 2]!, y - drawn.positions[vertex * 2 + 1]!)
      worst = Math.max(worst, far)
    }
    expect(worst).toBeLessThan(NEAR)
  })

  it('moves what lies inside: teeth with the jaw, the iris with the gaze', () => {
    const teeth = model.getObjectByName('lower-teeth') as SkinnedMesh
    const upper = model.getObjectByName('upper-teeth') as SkinnedMesh
    const iris = model.getObjectByName('iris-left') as SkinnedMesh
    pose({})
    const before = [seen(teeth, 0), seen(upper, 0), seen(iris, 0)]
    pose({ jawOpen: 1, eyeLookOutLeft: 1 })
    const after = [seen(teeth, 0), seen(upper, 0), seen(iris, 0)]
    expect(after[0]![1] - before[0]![1]).toBeGreaterThan(rig.scale)
    expect(after[1]).toEqual(before[1])
    // The left eye is on the right of the picture, and looks out to there.
    expect(after[2]![0] - before[2]![0]).toBeGreaterThan(1)
  })

  it('carries its pictures whole, as PNG and JPEG', () => {
    const { images, bufferViews, buffers } = json()
    const start = glb.length - buffers[0]!.byteLength
    expect(images.length).toBeGreaterThan(8)
    for (const { bufferView, mimeType } of images) {
      const at = start + bufferViews[bufferView]!.byteOffset
      expect([...glb.subarray(at, at + 2)]).toEqual(mimeType === 'image/png' ? [0x89, 0x50] : [0xff, 0xd8])
    }
    expect(glb.length).toBeLessThan(2_000_000)
  })

  it('stops when it is no longer wanted', async () => {
    const signal = AbortSignal.abort(new CancelledError('Enough.'))
    await expect(exportRig({ kind: 'built-in' }, signal)).rejects.toThrow(CancelledError)
  })
})

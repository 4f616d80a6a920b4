import type { Object3D } from 'three'
import {
  Mesh,
  MeshBasicMaterial,
  OrthographicCamera,
  Scene,
  WebGLRenderer,
  type BufferGeometry,
  type Texture,
} from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import { embeddedTextures } from './embedded-textures.js'
import { limit, limitedWeights, type LimitedWeights } from './limits.js'
import { POSE_VALUES, ROTATION_AT, type Pose } from './motion-track.js'

/** How far a head is turned besides its own motion, in radians. */
export interface Turn {
  readonly yaw: number
  readonly pitch: number
}

/** Seconds of one breath, and how far it lifts the chest in metres: as the drawn face breathes. */
const BREATH_PERIOD = 4.2
const BREATH_RISE = 0.0011
/** The head's own motion and the visitor's turn together stay within this, in radians: the rig shows no more. */
const MOST = (15 * Math.PI) / 180
/** More of them do not look sharper. */
const MOST_PIXEL_RATIO = 2

/** What hides what lies behind it, and what nothing hides. */
const DEEP = /^(face|tongue)$/
const ON_TOP = /^(hair|lashes-)/

/** A mesh and the weights that move it. */
interface Moved {
  readonly influences: number[]
  /** For each influence the place of its weight. */
  readonly channels: readonly number[]
  /** Eyeballs look; lids follow the gaze only as far as they are open. */
  readonly isGaze: boolean
}

type RigMesh = Mesh<BufferGeometry, MeshBasicMaterial>

/** A head in three dimensions, moved by the 52 weights. It draws when it is told to. */
export class HeadScene {
  readonly #renderer: WebGLRenderer
  readonly #scene: Scene
  readonly #camera: OrthographicCamera
  readonly #head: Object3D
  readonly #chest: Object3D
  readonly #headRest: number
  readonly #meshes: readonly RigMesh[]
  readonly #moved: readonly Moved[]
  readonly #limited: LimitedWeights
  readonly #lids = new Float32Array(2)
  readonly #lookDown: readonly number[]
  readonly #pose: Pose = new Float32Array(POSE_VALUES)

  /**
   * @param canvas where it is drawn
   * @param glb the rig, as the server has it
   * @param names the weights' names, in their order
   * @throws Error where the browser has no WebGL, or the file is no rig
   */
  static async load(
    canvas: HTMLCanvasElement,
    glb: ArrayBuffer,
    names: readonly string[],
  ): Promise<HeadScene> {
    const loader = new GLTFLoader().register(embeddedTextures)
    const { scene } = await loader.parseAsync(glb, '')
    return new HeadScene(canvas, scene, names)
  }

  private constructor(canvas: HTMLCanvasElement, rig: Object3D, names: readonly string[]) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true })
    this.#scene = new Scene()
    this.#scene.add(rig)
    const camera = rig.getObjectByName('frame')
    if (!(camera instanceof OrthographicCamera)) throw new Error('The rig has no camera "frame".')
    this.#camera = camera
    this.#head = part(rig, 'head')
    this.#chest = part(rig, 'chest')
    this.#head.rotation.order = 'ZXY'
    this.#headRest = this.#head.position.y
    this.#meshes = meshesOf(rig)
    this.#moved = this.#meshes.flatMap((mesh) => movedBy(mesh, names))
    this.#limited = limitedWeights(names)
    this.#lookDown = this.#limited.eyes.map(({ down }) => down)
    for (const mesh of this.#meshes) lay(mesh)
  }

  /** @param side width and height in CSS pixels */
  resize(side: number, pixelRatio: number): void {
    this.#renderer.setPixelRatio(Math.min(pixelRatio, MOST_PIXEL_RATIO))
    this.#renderer.setSize(side, side, false)
  }

  /**
   * Draws the head.
   * @param pose 52 weights and the head's rotation
   * @param turn how the visitor turns it
   * @param seconds for breathing
   */
  draw(pose: Pose, turn: Turn, seconds: number): void {
    this.#pose.set(pose)
    limit(this.#pose, this.#limited, this.#lids)
    for (const moved of this.#moved) this.#influence(moved)
    const within = (angle: number): number => Math.min(MOST, Math.max(-MOST, angle))
    this.#head.rotation.set(
      within(pose[ROTATION_AT]! + turn.pitch),
      within(pose[ROTATION_AT + 1]! + turn.yaw),
      -pose[ROTATION_AT + 2]!,
    )
    const lift = (0.5 - 0.5 * Math.cos((2 * Math.PI * seconds) / BREATH_PERIOD)) * BREATH_RISE
    this.#chest.position.y = lift
    this.#head.position.y = this.#headRest + lift / 2
    this.#renderer.render(this.#scene, this.#camera)
  }

  /** Gives its memory back. The canvas cannot be drawn on again. */
  dispose(): void {
    for (const { geometry, material } of this.#meshes) {
      geometry.dispose()
      const picture = material.map?.image as ImageBitmap | undefined
      material.map?.dispose()
      picture?.close()
      material.dispose()
    }
    this.#renderer.dispose()
    this.#renderer.forceContextLoss()
  }

  #influence({ influences, channels, isGaze }: Moved): void {
    for (let k = 0; k < channels.length; k += 1) {
      const channel = channels[k]!
      const eye = isGaze ? -1 : this.#lookDown.indexOf(channel)
      influences[k] = this.#pose[channel]! * (eye < 0 ? 1 : this.#lids[eye]!)
    }
  }
}

function part(rig: Object3D, name: string): Object3D {
  const found = rig.getObjectByName(name)
  if (found === undefined) throw new Error(`The rig has no "${name}".`)
  return found
}

function meshesOf(rig: Object3D): RigMesh[] {
  const meshes: RigMesh[] = []
  rig.traverse((object) => {
    if (object instanceof Mesh && object.material instanceof MeshBasicMaterial) meshes.push(object as RigMesh)
  })
  return meshes
}

function movedBy(mesh: RigMesh, names: readonly string[]): Moved[] {
  const { morphTargetDictionary: targets, morphTargetInfluences: influences } = mesh
  if (targets === undefined || influences === undefined) return []
  const channels = Object.keys(targets).map((name) => names.indexOf(name))
  return [{ influences, channels, isGaze: /^(iris|glint)-/.test(mesh.name) }]
}

/** Lays the parts over each other as the rig says: inside, skin, what lies on the skin. */
function lay(mesh: RigMesh): void {
  const { material } = mesh
  mesh.renderOrder = Number(mesh.userData['order'])
  mesh.frustumCulled = false
  // All in the rig's order, whether they let anything through or not. Depth tells apart what lies in front of the skin.
  material.transparent = true
  material.depthWrite = DEEP.test(mesh.name)
  material.depthTest = !ON_TOP.test(mesh.name)
  const texture: Texture | null = material.map
  if (texture !== null) texture.anisotropy = 4
}

import type { FaceMotion } from './face-motion.js'
import { HeadScene } from './head-scene.js'
import { Turning } from './turning.js'

/** A head on a canvas, from its file to what is seen. It draws as long as somebody can see it. */
export class HeadView {
  readonly #canvas: HTMLCanvasElement
  readonly #scene: HeadScene
  readonly #motion: FaceMotion
  readonly #turning: Turning
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  readonly #sizes: ResizeObserver
  readonly #sight: IntersectionObserver
  #repaint: number | undefined

  /**
   * @param glb the rig, as the server has it
   * @param names the weights' names, in their order
   * @throws Error where the browser has no WebGL, or the file is no rig
   */
  static async open(
    canvas: HTMLCanvasElement,
    glb: ArrayBuffer,
    names: readonly string[],
    motion: FaceMotion,
  ): Promise<HeadView> {
    return new HeadView(canvas, await HeadScene.load(canvas, glb, names), motion)
  }

  private constructor(canvas: HTMLCanvasElement, scene: HeadScene, motion: FaceMotion) {
    this.#canvas = canvas
    this.#scene = scene
    this.#motion = motion
    this.#turning = new Turning(canvas)
    this.#sizes = new ResizeObserver(() => this.#fit())
    this.#sizes.observe(canvas)
    this.#sight = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting === true) this.#run()
      else this.#stop()
    })
    this.#sight.observe(canvas)
  }

  /** Draws no more, and gives everything back. */
  close(): void {
    this.#stop()
    this.#sizes.disconnect()
    this.#sight.disconnect()
    this.#turning.dispose()
    this.#scene.dispose()
  }

  #fit(): void {
    const side = Math.max(1, Math.round(this.#canvas.clientWidth))
    this.#scene.resize(side, devicePixelRatio)
    this.#draw()
  }

  #run(): void {
    // A page that is not seen is asked for no repaints: it stops by itself.
    this.#repaint ??= requestAnimationFrame(() => {
      this.#repaint = undefined
      this.#draw()
      this.#run()
    })
  }

  #stop(): void {
    if (this.#repaint !== undefined) cancelAnimationFrame(this.#repaint)
    this.#repaint = undefined
  }

  #draw(): void {
    const now = performance.now()
    const seconds = this.#calm.matches ? 0 : now / 1000
    this.#scene.draw(this.#motion.at(now * 1000), this.#turning.at(now), seconds)
  }
}

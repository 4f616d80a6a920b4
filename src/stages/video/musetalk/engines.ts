import type { ModelRegistry } from '../../../runtime/registry.js'
import { FaceBatcher, type FaceRun } from './batcher/face-batcher.js'
import type { ComposeEngine } from './compose/model.js'
import type composeProgram from './compose/program.js'
import type earsProgram from './ears/program.js'
import type faceProgram from './face/program.js'
import type { EarsEngine } from './hear.js'
import type { MusetalkModels } from './model.js'

/** What draws the faces of all turns. */
export type Faces = Pick<FaceBatcher, 'draw'>

/** MuseTalk's engines in the hands of one turn. Each is loaded when it is first asked for. */
export interface MusetalkUse {
  ears(): Promise<EarsEngine>
  faces(): Promise<Faces>
  compose(): Promise<ComposeEngine>
  /** The turn asks for nothing more, and nothing of it runs any more. Safe to call twice. */
  end(): void
}

export interface MusetalkEnginesOptions {
  /** Told of every run of faces that has ended well. */
  readonly onRun?: (run: FaceRun) => void
}

/** MuseTalk's networks: loaded with their first use, shared by all turns, and unloaded on request when nobody speaks. */
export class MusetalkEngines {
  readonly #registry: ModelRegistry
  readonly #models: MusetalkModels
  readonly #options: MusetalkEnginesOptions
  readonly #uses = new Set<symbol>()
  #batcher: Promise<FaceBatcher> | undefined

  constructor(registry: ModelRegistry, models: MusetalkModels, options: MusetalkEnginesOptions = {}) {
    this.#registry = registry
    this.#models = models
    this.#options = options
  }

  /** Turns that use them. */
  get users(): number {
    return this.#uses.size
  }

  /** Takes them into use: they stay loaded until `end` is called. */
  use(): MusetalkUse {
    const mark = Symbol()
    this.#uses.add(mark)
    return {
      ears: () => this.#registry.load<typeof earsProgram>(this.#models.ears),
      faces: () => this.#faces(),
      compose: () => this.#registry.load<typeof composeProgram>(this.#models.compose),
      end: () => {
        this.#uses.delete(mark)
      },
    }
  }

  /** Loads everything ahead of the first use. */
  async prewarm(): Promise<void> {
    const use = this.use()
    try {
      await Promise.all([use.ears(), use.faces(), use.compose()])
    } finally {
      use.end()
    }
  }

  /**
   * Gives back what the networks hold on the device, when no turn uses them; the next use loads them anew.
   *
   * @returns whether it has; false leaves everything as it is, because somebody speaks
   */
  async release(): Promise<boolean> {
    if (this.#uses.size > 0) return false
    const batcher = this.#batcher
    this.#batcher = undefined
    // All at once: whoever comes meanwhile is given fresh ones, and none that is on its way out.
    await Promise.all([
      batcher?.then((loaded) => loaded.close(), ignore),
      this.#registry.dispose(this.#models.ears.id),
      this.#registry.dispose(this.#models.face.id),
    ])
    return true
  }

  #faces(): Promise<FaceBatcher> {
    if (this.#batcher !== undefined) return this.#batcher
    const loading = this.#loadFaces()
    this.#batcher = loading
    loading.catch(() => {
      if (this.#batcher === loading) this.#batcher = undefined
    })
    return loading
  }

  async #loadFaces(): Promise<FaceBatcher> {
    const { face, device, sizes, exact } = this.#models
    const engine = await this.#registry.load<typeof faceProgram>(face)
    return new FaceBatcher({ engine, device, sizes, exact, ...this.#options })
  }
}

function ignore(): void {
  // What could not be loaded has nothing to give back.
}

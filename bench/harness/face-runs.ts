import { randomBytes } from 'node:crypto'
import { from, lastValueFrom } from 'rxjs'
import type { Device } from '../../src/runtime/device.js'
import type { StepEvent } from '../../src/runtime/engine.js'
import { ModelRegistry } from '../../src/runtime/registry.js'
import type { Config } from '../../src/config/schema.js'
import type { ExportedModel } from '../../src/models/exported.js'
import {
  FACE_BYTES,
  parseMusetalkNetwork,
  TOKENS_PER_FRAME,
} from '../../src/stages/video/musetalk/contract.js'
import { MusetalkEngines, type Faces, type MusetalkUse } from '../../src/stages/video/musetalk/engines.js'
import { Materials, type Material } from '../../src/stages/video/musetalk/material/materials.js'
import { materialSource } from '../../src/stages/video/musetalk/material/source.js'
import { musetalkModels } from '../../src/stages/video/musetalk/model.js'
import { RunClock } from './run-clock.js'

const FACE = 'musetalk-face'
const COMPOSE = 'musetalk-compose'
const QUALITY = 80
const WORKERS = 2

/** Faces that were drawn together. */
export interface Drawn {
  readonly ms: number
  /** Time inside the network's runs. */
  readonly runsMs: number
}

/** MuseTalk's faces as the stage gets them, of the built-in face, without a turn around them. */
export class FaceRuns implements AsyncDisposable {
  readonly #registry: ModelRegistry
  readonly #clock: RunClock
  readonly #use: MusetalkUse
  readonly #faces: Faces
  readonly #material: Material
  readonly #tokens: Float32Array
  readonly #composed: number[]
  readonly #signal = new AbortController().signal

  private constructor(parts: {
    registry: ModelRegistry
    clock: RunClock
    use: MusetalkUse
    faces: Faces
    material: Material
    width: number
    composed: number[]
  }) {
    this.#registry = parts.registry
    this.#clock = parts.clock
    this.#use = parts.use
    this.#faces = parts.faces
    this.#material = parts.material
    this.#composed = parts.composed
    this.#tokens = Float32Array.from({ length: TOKENS_PER_FRAME * parts.width }, (_, k) => Math.sin(k * k))
  }

  /** @param maxBatch most faces in one run */
  static async load(
    config: Config,
    model: ExportedModel,
    device: Device,
    maxBatch: number,
  ): Promise<FaceRuns> {
    const clock = await RunClock.create()
    const composed: number[] = []
    const onStep = ({ model: id, method, durationMs }: StepEvent): void => {
      if (id === COMPOSE && method === 'process') composed.push(durationMs)
    }
    const registry = new ModelRegistry({ device, create: clock.engine, onStep })
    const { threads, mode, extraMargin } = config.musetalk
    const { dataDirectory } = config
    const models = musetalkModels(model, { device, maxBatch, threads, workers: WORKERS })
    const materials = new Materials(registry, model, { mode, extraMargin, threads, dataDirectory })
    const { signal } = new AbortController()
    const material = await materials.ensure(materialSource(undefined, config.video.size), { signal })
    const use = new MusetalkEngines(registry, models).use()
    const faces = await use.faces()
    const { width } = parseMusetalkNetwork(model.manifest.network, 'model.json')
    await clock.runs(FACE)
    return new FaceRuns({ registry, clock, use, faces, material, width, composed })
  }

  /** Draws some faces that are asked for at once. */
  async draw(count: number): Promise<Drawn> {
    const begun = performance.now()
    await Promise.all(Array.from({ length: count }, () => this.#one()))
    const ms = performance.now() - begun
    const runs = await this.#clock.runs(FACE)
    return { ms, runsMs: runs.reduce((sum, run) => sum + run, 0) }
  }

  /** Faces a second while so many are always asked for. */
  async throughput(waiting: number, seconds: number): Promise<number> {
    const begun = performance.now()
    const end = begun + seconds * 1000
    let drawn = 0
    const lane = async (): Promise<void> => {
      while (performance.now() < end) {
        await this.#one()
        drawn += 1
      }
    }
    await Promise.all(Array.from({ length: waiting }, lane))
    const rate = (drawn * 1000) / (performance.now() - begun)
    await this.#clock.runs(FACE)
    return rate
  }

  /** Milliseconds of work for each of some frames: a face is laid over the footage, and the frame packed as JPEG. */
  async compose(frames: number): Promise<readonly number[]> {
    const engine = await this.#use.compose()
    const session = await engine.openPool({ material: this.#material.folder }, { signal: this.#signal })
    this.#composed.length = 0
    for (let k = 0; k < frames; k += 1) {
      const face = new Uint8Array(randomBytes(FACE_BYTES))
      await lastValueFrom(from(session.process({ index: 0, face, mix: 1, quality: QUALITY })))
    }
    await session.close()
    return [...this.#composed]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#use.end()
    await this.#registry.shutdown()
    await this.#clock[Symbol.asyncDispose]()
  }

  async #one(): Promise<void> {
    const { latents } = this.#material
    await this.#faces.draw({ latents, index: 0, tokens: this.#tokens, slack: () => 0 }, this.#signal)
  }
}

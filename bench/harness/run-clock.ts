import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelSpec } from '../../src/runtime/engine.js'
import { programUrl } from '../../src/runtime/program-url.js'
import { createWorkerEngine, type WorkerEngineOptions } from '../../src/runtime/worker-engine.js'
import type { TimedConfig } from './timed-program.js'

/** Tells how much of the time of models is spent inside their graphs. */
export class RunClock implements AsyncDisposable {
  readonly #folder: string
  /** Runs that have been read, by model. */
  readonly #read = new Map<string, number>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<RunClock> {
    return new RunClock(await mkdtemp(join(tmpdir(), 'phiz-bench-')))
  }

  /** How the registry makes its engines: as always, with a clock in each. */
  readonly engine = (
    spec: ModelSpec,
    options: WorkerEngineOptions,
  ): ReturnType<typeof createWorkerEngine<unknown, unknown, unknown>> => {
    const config: TimedConfig = {
      program: programUrl(spec.program),
      config: spec.config,
      clock: this.#fileOf(spec.id),
    }
    const program = new URL('./timed-program.js', import.meta.url)
    return createWorkerEngine<unknown, unknown, unknown>({ ...spec, program, config }, options)
  }

  /** Milliseconds of every run of a model's graphs since this was last asked. */
  async runs(model: string): Promise<readonly number[]> {
    const bytes = await readFile(this.#fileOf(model)).catch(() => undefined)
    if (bytes === undefined) return []
    const all = Array.from({ length: bytes.length / 8 }, (_, k) => bytes.readDoubleLE(8 * k))
    const known = this.#read.get(model) ?? 0
    this.#read.set(model, all.length)
    return all.slice(known)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  #fileOf(model: string): string {
    return join(this.#folder, `${model}.f64`)
  }
}

import type { Device } from './device.js'
import type { AnyProgramModule, ProgramModule } from './program.js'

/** What the stages hold: a loaded model behind a worker, whatever kind of worker that is. */

/** How a session is opened. */
export interface OpenOptions {
  /** The turn's signal. Aborting it ends the session: see {@link EngineSession}. */
  readonly signal: AbortSignal
  /**
   * Standing of this session's steps against others that wait for the same worker or device: higher goes first. A
   * function is asked before every step; for playout deadlines it returns minus the deadline. Default 0.
   */
  readonly priority?: number | (() => number)
}

/**
 * One turn on one worker. One call at a time: iterate `process` to its end, or leave it, before the next.
 *
 * - Items are pulled: the worker makes the next one only when it is asked for.
 * - When the turn's signal aborts, whoever waits is told at once (a CancelledError), an item that arrives later is
 *   dropped, and the session is closed. {@link EngineSession.close} resolves when the worker's step has really ended.
 * - A program that throws fails this session with an InferenceError; errors of phiz keep their class and message.
 */
export interface EngineSession<In, Out> {
  /**
   * Gives the program an input and iterates over what it makes of it. Nothing is sent before the first item is asked
   * for. Leaving the loop early ends the program's iterator before the loop's own end.
   *
   * @param transfer - Buffers of the input that are moved to the worker instead of copied (a child process copies).
   */
  process(input: In, transfer?: readonly ArrayBufferLike[]): AsyncIterable<Out>
  /** Iterates over what the program makes at the end of the input. */
  flush(): AsyncIterable<Out>
  /** Frees the state in the worker. Resolves when the last step has really ended; safe to call twice. */
  close(): Promise<void>
}

/** One turn spread over all workers of a model whose program keeps no state between inputs. */
export interface PoolSession<In, Out> {
  /** How many calls of `process` run at once; more wait for a free worker. */
  readonly width: number
  /** As in {@link EngineSession}, but calls may overlap: each goes to a free worker. */
  process(input: In, transfer?: readonly ArrayBufferLike[]): AsyncIterable<Out>
  /** Frees the state in all workers. Resolves when the last step has really ended; safe to call twice. */
  close(): Promise<void>
}

/** A loaded model. */
export interface Engine<Init, In, Out> {
  readonly id: string
  /**
   * Opens a session on the least busy worker.
   *
   * @throws CancelledError if the signal has aborted; OverloadError when all sessions are taken; UnavailableError
   * when the engine is disposed or its worker keeps dying; what the program's `open` throws.
   */
  open(init: Init, options: OpenOptions): Promise<EngineSession<In, Out>>
  /** Opens the same session on every worker, for a program without state: each input gives its outputs. */
  openPool(init: Init, options: OpenOptions): Promise<PoolSession<In, Out>>
  /** Takes no more work, ends all sessions, waits for running steps, frees the model, then ends the workers. */
  dispose(): Promise<void>
}

/** What one step cost, measured inside the worker: pure compute, without waiting and transport. */
export interface StepEvent {
  readonly model: string
  readonly method: 'open' | 'process' | 'flush'
  readonly durationMs: number
}

/** A model as the registry loads it. */
export interface ModelSpec<Config = unknown> {
  /** Unique name, such as the manifest's id. */
  readonly id: string
  /** The program module: `new URL('./program.js', import.meta.url)`. */
  readonly program: URL
  /** Absolute folder of the model's files. */
  readonly folder: string
  /** Handed to the program as a structured clone. */
  readonly config: Config
  /** A worker thread; or a child process, for what must survive a native crash or give device memory back. */
  readonly host: 'thread' | 'process'
  /** Workers that each load the model. Default 1. */
  readonly workers?: number
  /** Sessions open at once on each worker; one more is refused with an OverloadError. Default 64. */
  readonly maxSessions?: number
  /** Device of this model when it is not the registry's. */
  readonly device?: Device
  /** Whether each step takes a slot of the device's queue. Default: yes on CUDA, no on the CPU. */
  readonly usesDevice?: boolean
}

/** The engine that a program module gives: `import type program from './program.js'`, then `EngineOf<typeof program>`. */
export type EngineOf<Module extends AnyProgramModule> =
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- matches every module
  Module extends ProgramModule<any, infer Init, infer In, infer Out> ? Engine<Init, In, Out> : never

/** The configuration that a program module takes. */
export type ConfigOf<Module extends AnyProgramModule> =
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- matches every module
  Module extends ProgramModule<infer Config, any, any, any> ? Config : never

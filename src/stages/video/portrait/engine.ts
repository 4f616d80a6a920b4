import { availableParallelism } from 'node:os'
import type { ModelRegistry } from '../../../runtime/registry.js'
import type { Look, VideoEngine } from '../video-engine.js'
import { portraitModel } from './model.js'
import type program from './program.js'
import { livePortraitStage, portraitStage, type PortraitEngine, type PortraitLook } from './stage.js'
import { framedSubject } from './subject.js'

/** Threads that draw when the configuration leaves it open: more cores than this are better used by other turns. */
const MOST_DRAWING_THREADS = 4

/** Standing of frames between turns against those of turns, which are 0. */
const IDLE_PRIORITY = -1

export interface PortraitVideoOptions {
  /** Absolute path of the folder that holds one folder for each model that ships. */
  readonly modelsFolder: string
  /** Width and height of the built-in face's frames, which are ready before anybody asks. */
  readonly size: number
  /** Threads that draw; 0 takes one for each core, at most 4. */
  readonly workers: number
}

/** The embedded engine of the video stage, and what else draws with it. */
export interface PortraitVideo extends VideoEngine {
  /** The drawing threads themselves. */
  readonly engine: () => Promise<PortraitEngine>
  /** Those threads' number. */
  readonly workers: number
  /** Frames that may be drawn or encoded at once. */
  readonly inFlight: number
}

/** Portraits and filmed faces moved by the 52 weights, drawn on the machine's own cores. */
export function portraitVideo(
  registry: ModelRegistry,
  { modelsFolder, size, workers: wanted }: PortraitVideoOptions,
): PortraitVideo {
  const workers = wanted === 0 ? Math.min(MOST_DRAWING_THREADS, availableParallelism()) : wanted
  const inFlight = workers + 1
  const engine = (): Promise<PortraitEngine> => {
    const ready = { subject: { kind: 'built-in', size } } as const
    return registry.load<typeof program>(portraitModel(modelsFolder, { ready, workers }))
  }
  return {
    engine,
    workers,
    inFlight,
    isLive: true,
    video: async (avatar, choice) => {
      const look = framed({ avatar, ...choice })
      const { width, height } = look
      const stage = portraitStage({ ...look, engine: await engine(), inFlight })
      return { from: 'motion', stage, fps: choice.fps, width, height }
    },
    live: async ({ look, wanted: isWanted, life, onFailure }) => ({
      from: 'motion',
      stage: livePortraitStage({
        engine: await engine(),
        inFlight,
        look: () => framed(look()),
        wanted: isWanted,
        onFailure,
        zeroOf: (turn) => life.zeroOf(turn),
      }),
    }),
    open: async ({ subject }, signal) =>
      (await engine()).open({ subject }, { signal, priority: IDLE_PRIORITY }),
    // It holds a few megabytes of the machine's own memory.
    release: () => Promise.resolve(),
  }
}

/** A look as the portrait draws it. */
export function framed({ avatar, size, fps, quality }: Look): PortraitLook {
  return { ...framedSubject(avatar, size), fps, quality }
}

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { InputError } from '../../../errors.js'
import { decodeAudio, probeAudio } from '../../../media/decode.js'
import { fileProblem } from '../../../media/file-problem.js'
import { createMp4Writer } from '../../../media/mp4.js'
import { recordingLine } from '../../../pipeline/line.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import type { AvatarLimits } from '../../avatar/job.js'
import type { VisemeExpressionOptions } from '../../expression/visemes/stage.js'
import type { FaceEngine } from '../../face/model.js'
import { recordingSource } from '../../speech/recording.js'
import { portraitStage, type PortraitEngine } from '../../video/portrait/stage.js'
import type { FilmMaker, FilmRequest } from '../film.js'
import { checkFilmSettings, FILM_RANGES } from '../settings.js'
import { actingOf } from './acting.js'
import { FilmProgress } from './film-progress.js'
import { filmSink } from './film-sink.js'
import { lasting } from './lasting.js'
import { preparePortrait } from './prepare.js'

/** How an actor plays: see the options of the same names. */
export type Acting = Required<Pick<VisemeExpressionOptions, 'emotion' | 'seed' | 'amplitude'>>

/** The engines of the line that a film is made with. Each is loaded when it is asked for. */
export interface FilmEngines {
  readonly faces: () => Promise<FaceEngine>
  readonly expression: (acting: Acting) => Promise<Stage<AudioPacket, MotionPacket>>
  readonly portrait: () => Promise<PortraitEngine>
  /** Frames that may be drawn at once. */
  readonly inFlight: number
  /** What may be read as a picture. */
  readonly limits: Pick<AvatarLimits, 'maxImageBytes' | 'maxImagePixels'>
}

/** What errors call the sound: the name of its field. */
const SOUND = 'audio'
/** JPEG quality between the renderer and the film's encoder: its traces are gone at the film's own quality. */
const FRAME_QUALITY = 92
/** Rates that AAC, and people's players, take. Sound keeps its own where it lies in between. */
const LOWEST_SAMPLE_RATE = 16_000
const HIGHEST_SAMPLE_RATE = 48_000

/**
 * Films by the portrait engine: the stages of the line, with a face that is made of the picture for this film alone.
 * All settings act but `inferenceSteps`, which an engine without diffusion has no use for.
 */
export function portraitFilm(engines: FilmEngines): FilmMaker {
  return {
    name: 'film/portrait',
    make: async (request, options) => {
      checkFilmSettings(request.settings)
      const turn = new Turn({
        id: `film-${randomUUID()}`,
        telemetry: options.telemetry,
        signal: options.signal,
      })
      try {
        turn.signal.throwIfAborted()
        await makeFilm(engines, request, turn, new FilmProgress(options.onProgress))
      } finally {
        await turn.ended()
      }
    },
  }
}

async function makeFilm(
  engines: FilmEngines,
  request: FilmRequest,
  turn: Turn,
  progress: FilmProgress,
): Promise<void> {
  const { output } = request
  progress.preparing(0)
  const sound = await openSound(request, turn.signal)
  const folder = await mkdtemp(`${output}.work-`).catch((error: unknown) => {
    throw fileProblem(error, `${output} cannot be written`)
  })
  try {
    await playFilm(engines, request, { turn, progress, sound, folder })
    progress.finished()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Work {
  readonly turn: Turn
  readonly progress: FilmProgress
  readonly sound: Sound
  readonly folder: string
}

async function playFilm(
  engines: FilmEngines,
  { portrait, output, settings }: FilmRequest,
  { turn, progress, sound, folder }: Work,
): Promise<void> {
  const { signal } = turn
  const { emotion, seed, fps } = settings
  const { limits, faces, inFlight } = engines
  const loading = turn.track(
    Promise.all([engines.expression({ emotion, seed, amplitude: actingOf(settings) }), engines.portrait()]),
  )
  // A picture that cannot be used leaves the failure of loading to nobody else.
  loading.catch(ignore)
  const onProgress = (share: number): void => {
    progress.preparing(share)
  }
  const framed = await preparePortrait({ portrait, settings }, { faces, limits, folder, signal, onProgress })
  const [expression, engine] = await loading
  signal.throwIfAborted()
  progress.generating(0)
  const stage = portraitStage({ engine, fps, ...framed, quality: FRAME_QUALITY, inFlight })
  const line = recordingLine({ expression, video: { from: 'motion', stage } })
  turn.window.makeRoom(line.lookahead)
  const { sampleRate, seconds } = sound
  const { width, height } = framed
  const writer = await createMp4Writer(output, { width, height, fps, sampleRate, signal })
  const sink = filmSink(writer, seconds * MICROSECONDS_PER_SECOND, progress)
  await runTurn(recordingSource(turn, sound.chunks, sampleRate).pipe(line.open(turn)), [sink], turn)
}

interface Sound {
  readonly sampleRate: number
  /** How long the film will be, as far as is known. */
  readonly seconds: number
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Float32Array>
}

async function openSound({ audio, settings }: FilmRequest, signal: AbortSignal): Promise<Sound> {
  const info = await probeAudio(audio, { name: SOUND, signal })
  const sampleRate = Math.min(Math.max(info.sampleRate, LOWEST_SAMPLE_RATE), HIGHEST_SAMPLE_RATE)
  const { duration } = settings
  const { most } = FILM_RANGES.duration
  if (duration === undefined) {
    if (info.duration !== undefined && info.duration > most) {
      throw new InputError(
        `${SOUND} lasts ${Math.round(info.duration)} seconds; a film has at most ${most}. Give a duration for a part of it.`,
      )
    }
    return {
      sampleRate,
      seconds: info.duration ?? most,
      chunks: (leaving) => decodeAudio(audio, { sampleRate, name: SOUND, signal: leaving, maxSeconds: most }),
    }
  }
  return {
    sampleRate,
    seconds: duration,
    chunks: (leaving) =>
      lasting(
        decodeAudio(audio, { sampleRate, name: SOUND, signal: leaving }),
        Math.round(duration * sampleRate),
      ),
  }
}

function ignore(): void {
  // What is loaded belongs to the registry.
}

import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastValueFrom, tap } from 'rxjs'
import { resolveConfig } from '../../src/config/load.js'
import { messageOf } from '../../src/errors.js'
import { requireExported, type ExportedModel } from '../../src/models/exported.js'
import { Turn } from '../../src/pipeline/turn.js'
import { ModelRegistry } from '../../src/runtime/registry.js'
import { createCatalogue } from '../../src/stages/create-catalogue.js'
import type { ExpressionStage } from '../../src/stages/expression/expression-stage.js'
import type { LamMode } from '../../src/stages/expression/lam/contract.js'
import { recordingSource } from '../../src/stages/speech/recording.js'
import { benchFolders, pythonNeeds } from '../harness/environment.js'
import { PythonTurns } from '../harness/python-turns.js'
import { RunClock } from '../harness/run-clock.js'
import { atLeast, atMost, type Row, type Scenario } from '../harness/scenario.js'
import { CLIP_RATE, SPEECH_CLIP, speechClip } from '../harness/speech-clip.js'
import { median, rounded } from '../harness/statistics.js'

const MODEL = 'lam-a2e'
/** Turns of each side with all cores, and with one, which says less and takes longer. */
const ROUNDS = 5
const ROUNDS_OF_ONE = 2
/** Before each job: threads of the one before may spin for a while, and would slow down the next. */
const PAUSE_MS = 200
/** As the published program treats a recording. */
const RECORDING = { quietMouth: true, moveBrows: true }
const MODES: readonly LamMode[] = ['reference', 'realtime']

/** What is done with the sound: chunk by chunk as it comes, or all of it, known beforehand. */
type Way = 'stream' | 'recording'
const WAYS: readonly Way[] = ['stream', 'recording']

/** One turn of ours. */
interface Measured {
  readonly ms: number
  /** When the first frames came. */
  readonly firstMs: number
  /** Time inside the network's runs. */
  readonly runsMs: number
}

/** One exported model with so many threads, in one mode and way, and what its turns took. */
interface Contestant {
  readonly name: string
  readonly way: Way
  readonly speak: () => Promise<Measured>
  readonly turns: Measured[]
}

/**
 * LAM-A2E on the processor, from sound to weights that are ready to be shown, beside the published model in eager
 * PyTorch: the same sentence, turn by turn in one run, with as many threads.
 */
export const lamA2e: Scenario = {
  name: 'lam-a2e on the processor',
  needs: () => {
    try {
      if (models().some(({ manifest }) => manifest.tiny)) {
        return 'PHIZ_BENCH_LAM to name folders of the true size: PyTorch runs no other'
      }
    } catch (error) {
      return `PHIZ_BENCH_LAM, the folder of an exported lam-a2e, or two of them (${messageOf(error)})`
    }
    return pythonNeeds(['torch', 'transformers', 'librosa', 'scipy', 'onnxruntime'], MODEL)
  },
  run: async ({ seconds }) => {
    const clip = await speechClip()
    await using published = await PythonTurns.start(MODEL, [SPEECH_CLIP])
    const rows: Row[] = []
    const cores = availableParallelism()
    for (const threads of cores === 1 ? [1] : [cores, 1]) {
      const rounds = seconds !== undefined ? 1 : threads === cores ? ROUNDS : ROUNDS_OF_ONE
      rows.push(...(await compare(published, clip, { threads, rounds, isGoal: threads === cores })))
    }
    return rows
  },
}

/** The folders that are compared; the configuration's where none is named. */
function models(): readonly ExportedModel[] {
  const named = benchFolders('PHIZ_BENCH_LAM')
  return (named.length === 0 ? [''] : named).map((folder) =>
    requireExported(resolveConfig({ flags: { 'lam.folder': folder } }), MODEL),
  )
}

interface Comparison {
  readonly threads: number
  readonly rounds: number
  /** Whether what the project promises is held against it. */
  readonly isGoal: boolean
}

async function compare(
  published: PythonTurns,
  clip: Float32Array,
  { threads, rounds, isGoal }: Comparison,
): Promise<Row[]> {
  const loaded = await Promise.all(models().map((model) => Ours.load(model, threads)))
  try {
    const contestants = (await Promise.all(loaded.map((ours) => ours.contestants(clip)))).flat()
    const baseline: Record<Way, number[]> = { stream: [], recording: [] }
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const way of WAYS) {
        await sleep(PAUSE_MS)
        const ms = await published.job(`${way} ${threads}`)
        if (round > 0) baseline[way].push(ms)
        for (const contestant of contestants.filter((one) => one.way === way)) {
          await sleep(PAUSE_MS)
          const measured = await contestant.speak()
          if (round > 0) contestant.turns.push(measured)
        }
      }
    }
    const asks = { duration: clip.length / CLIP_RATE, threads, isGoal }
    return WAYS.flatMap((way) => [
      publishedRow(way, baseline[way], asks),
      ...contestants.filter((one) => one.way === way).flatMap((one) => rowsOf(one, baseline[way], asks)),
    ])
  } finally {
    for (const ours of loaded) await ours[Symbol.asyncDispose]()
  }
}

/** Seconds of the sound, and how it was run. */
interface Asks {
  readonly duration: number
  readonly threads: number
  readonly isGoal: boolean
}

function publishedRow(way: Way, times: readonly number[], { duration, threads }: Asks): Row {
  const raw = times.map((ms) => rounded(ms / 1000 / duration, 4))
  return {
    figure: `${way}, PyTorch, ${of(threads)}, median`,
    value: rounded(median(raw), 4),
    unit: 's a second of sound',
    raw,
  }
}

function rowsOf({ name, way, turns }: Contestant, baseline: readonly number[], asks: Asks): Row[] {
  const { duration, threads, isGoal } = asks
  const about = `${way}, ${name}, ${of(threads)}`
  const speeds = turns.map(({ ms }) => rounded(ms / 1000 / duration, 4))
  const ratios = turns.map(({ ms }, round) => rounded(baseline[round]! / ms, 2))
  const outside = turns.map(({ ms, runsMs }) => rounded((100 * (ms - runsMs)) / ms, 2))
  const first = turns.map(({ firstMs }) => rounded(firstMs))
  const speed: Row = {
    figure: `${about}, median`,
    value: rounded(median(speeds), 4),
    unit: 's a second of sound',
    raw: speeds,
  }
  const ratio: Row = {
    figure: `${about}, median`,
    value: rounded(median(ratios), 4),
    unit: '× PyTorch',
    raw: ratios,
  }
  const share: Row = {
    figure: `${about}, outside the network, median`,
    value: rounded(median(outside), 4),
    unit: '% of the time',
    raw: outside,
  }
  return [
    isGoal && way === 'recording' ? atMost(0.085, speed) : speed,
    isGoal ? atLeast(1.5, ratio) : ratio,
    isGoal ? atMost(5, share) : share,
    // Of a recording nothing has to come before its end.
    ...(way === 'stream'
      ? [
          {
            figure: `${about}, first frames, median`,
            value: rounded(median(first), 4),
            unit: 'ms after their sound',
            raw: first,
          },
        ]
      : []),
  ]
}

function of(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`
}

/** An exported model as phiz runs it, with a clock around its network. */
class Ours implements AsyncDisposable {
  readonly #model: ExportedModel
  readonly #threads: number
  readonly #clock: RunClock
  readonly #registry: ModelRegistry

  private constructor(model: ExportedModel, threads: number, clock: RunClock) {
    this.#model = model
    this.#threads = threads
    this.#clock = clock
    this.#registry = new ModelRegistry({ device: { kind: 'cpu' }, create: clock.engine })
  }

  static async load(model: ExportedModel, threads: number): Promise<Ours> {
    return new Ours(model, threads, await RunClock.create())
  }

  /** The stages of the catalogue in both modes and both ways, which share the model. */
  async contestants(clip: Float32Array): Promise<Contestant[]> {
    const { folder, manifest } = this.#model
    const found: Contestant[] = []
    for (const mode of MODES) {
      const config = resolveConfig({
        flags: {
          'expression.engine': 'lam',
          'lam.mode': mode,
          'lam.folder': folder,
          'lam.threads': this.#threads,
        },
      })
      const catalogue = createCatalogue(config, this.#registry)
      for (const way of WAYS) {
        const stage = await catalogue.expression(way === 'recording' ? { recording: RECORDING } : {})
        const speak = (): Promise<Measured> => this.#speak(stage, clip)
        found.push({ name: `${mode} in ${manifest.precision}`, way, speak, turns: [] })
      }
    }
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry.shutdown()
    await this.#clock[Symbol.asyncDispose]()
  }

  /** One turn, whose sound is there as fast as it is taken. */
  async #speak(stage: ExpressionStage, clip: Float32Array): Promise<Measured> {
    await this.#clock.runs(MODEL)
    const turn = new Turn({ id: 'bench' })
    const begun = performance.now()
    let firstMs: number | undefined
    const sound = recordingSource(
      turn,
      async function* () {
        yield clip
      },
      CLIP_RATE,
    )
    await lastValueFrom(
      sound.pipe(
        stage.open(turn),
        tap(() => (firstMs ??= performance.now() - begun)),
      ),
    )
    const ms = performance.now() - begun
    await turn.ended()
    const runs = await this.#clock.runs(MODEL)
    return { ms, firstMs: firstMs!, runsMs: runs.reduce((sum, run) => sum + run, 0) }
  }
}

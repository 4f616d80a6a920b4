import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { resolveConfig } from '../../src/config/load.js'
import type { Config } from '../../src/config/schema.js'
import { messageOf } from '../../src/errors.js'
import { requireExported, type ExportedModel } from '../../src/models/exported.js'
import { deviceName, parseDevice, type Device } from '../../src/runtime/device.js'
import { ModelRegistry } from '../../src/runtime/registry.js'
import { createCatalogue } from '../../src/stages/create-catalogue.js'
import { benchDevice, benchFolders, pythonNeeds } from '../harness/environment.js'
import { memoryInUse } from '../harness/device-memory.js'
import { FaceRuns, type Drawn } from '../harness/face-runs.js'
import { firstFrame, watch, type TalkingFace } from '../harness/paced-turn.js'
import { PythonTurns } from '../harness/python-turns.js'
import { atLeast, atMost, type Row, type Scenario } from '../harness/scenario.js'
import { speechClip } from '../harness/speech-clip.js'
import { median, rounded } from '../harness/statistics.js'

const MODEL = 'musetalk'
const FPS = 25
const MAX_BATCH = 16
/** Before each run: threads of the other side may spin for a while, and would slow it down. */
const PAUSE_MS = 200
/** Conversations that speak at once, as far as the ones before were carried. */
const CROWDS = [1, 2, 4, 8]
/** Late frames, in percent, up to which a conversation is carried. */
const LATE_LIMIT = 1
const COMPOSED = 100

/** How much is measured: the true model takes seconds for a frame on a processor, and is no match for a conversation. */
interface Extent {
  readonly batches: readonly number[]
  /** Turns of each side a batch: at least so many, and as many as fill the time. */
  readonly rounds: number
  readonly seconds: number
  readonly firstFrames: number
  readonly crowds: readonly number[]
  /** Whether what the project promises is held against the figures. */
  readonly isGoal: boolean
}

/** What is measured, where, and how much of it. */
interface Setting {
  readonly config: Config
  readonly model: ExportedModel
  readonly device: Device
  readonly extent: Extent
}

/**
 * MuseTalk: faces a second by batch beside the published program in PyTorch (float16 on a GPU, float32 without), in
 * turns in one run; the first frame of a turn, conversations at once, memory, and the composing of frames.
 */
export const musetalk: Scenario = {
  // Figures of a GPU and of a processor stand side by side.
  name: `musetalk on ${benchDevice()}`,
  needs: () => {
    try {
      exported()
    } catch (error) {
      return `PHIZ_BENCH_MUSETALK, the folder of an exported musetalk (${messageOf(error)})`
    }
    return pythonNeeds(['torch', 'diffusers', 'transformers', 'onnxruntime'], MODEL)
  },
  run: async ({ seconds }) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'phiz-bench-'))
    try {
      const model = exported()
      const config = resolveConfig({
        flags: {
          dataDirectory,
          device: benchDevice(),
          'video.engine': 'musetalk',
          'video.fps': FPS,
          'musetalk.folder': model.folder,
        },
      })
      const device = parseDevice(config.device)
      const setting = { config, model, device, extent: extentOf(model, device, seconds) }
      return [...(await turns(setting)), ...(await besidePyTorch(setting))]
    } finally {
      await rm(dataDirectory, { recursive: true, force: true })
    }
  },
}

/** The folder that is measured; the configuration's where none is named. */
function exported(): ExportedModel {
  const [folder = ''] = benchFolders('PHIZ_BENCH_MUSETALK')
  return requireExported(resolveConfig({ flags: { 'musetalk.folder': folder } }), MODEL)
}

function extentOf({ manifest }: ExportedModel, device: Device, seconds = 5): Extent {
  if (device.kind === 'cpu' && !manifest.tiny) {
    return { batches: [1, 2], rounds: 2, seconds: 0, firstFrames: 1, crowds: [], isGoal: false }
  }
  const isGoal = device.kind === 'cuda' && !manifest.tiny
  return { batches: [1, 4, 8, 16], rounds: 3, seconds, firstFrames: 10, crowds: CROWDS, isGoal }
}

/** Runs of faces since it was last set to 0. */
interface RunCount {
  count: number
}

/** Whole turns, as a server runs them, and the memory that they take. */
async function turns({ config, device, extent }: Setting): Promise<Row[]> {
  const faces: RunCount = { count: 0 }
  const registry = new ModelRegistry({
    device,
    onStep: ({ model, method }) => {
      if (model === 'musetalk-face' && method === 'process') faces.count += 1
    },
  })
  const catalogue = createCatalogue(config, registry)
  const sound = await speechClip()
  try {
    const before = await memoryInUse(device)
    const begun = performance.now()
    await catalogue.prewarmFace?.()
    const made = performance.now() - begun
    const video = await catalogue.video()
    if (video.from !== 'audio') throw new Error('MuseTalk hears for itself')
    const loaded = await memoryInUse(device)
    const first = await firstRow(video.stage, sound, extent, faces)
    const crowd = await crowdRows(video.stage, sound, extent)
    const used = await memoryInUse(device)
    await catalogue.release()
    const after = await memoryInUse(device)
    const mib = (figure: string, value: number): Row => ({ figure, value: Math.round(value), unit: 'MiB' })
    const where = device.kind === 'cuda' ? `memory of ${deviceName(device)}` : 'resident memory'
    return [
      { figure: 'built-in face made ready', value: rounded(made / 1000, 2), unit: 's' },
      first,
      ...crowd,
      mib(`${where} at the start`, before),
      mib(`${where}, more with the model loaded`, loaded - before),
      mib(`${where}, more after the turns`, used - before),
      mib(`${where}, more when it is released`, after - before),
    ]
  } finally {
    await registry.shutdown()
  }
}

async function firstRow(
  stage: TalkingFace,
  sound: Float32Array,
  { firstFrames, isGoal }: Extent,
  faces: RunCount,
): Promise<Row> {
  const raw: number[] = []
  for (let run = 0; run <= firstFrames; run += 1) {
    faces.count = 0
    // The mouth fades in from the footage, whose frames need no run.
    const ms = await firstFrame(stage, sound, () => faces.count > 0)
    // The first turn warms up.
    if (run > 0) raw.push(rounded(ms))
  }
  const row = {
    figure: 'first frame of a turn with a drawn mouth, median',
    value: median(raw),
    unit: 'ms',
    raw,
  }
  return isGoal ? atMost(200, row) : row
}

async function crowdRows(stage: TalkingFace, sound: Float32Array, extent: Extent): Promise<Row[]> {
  if (extent.crowds.length === 0) return []
  const rows: Row[] = []
  let carried = 0
  for (const size of extent.crowds) {
    const watched = await Promise.all(Array.from({ length: size }, () => watch(stage, sound)))
    const shares = watched.map(({ late, frames }) => rounded((100 * late) / frames, 2))
    const firsts = watched.map(({ firstMs }) => rounded(firstMs))
    const together = size === 1 ? '1 conversation' : `${size} conversations at once`
    rows.push(
      { figure: `late frames of ${together}, worst`, value: Math.max(...shares), unit: '%', raw: shares },
      { figure: `first frame of ${together}, last`, value: Math.max(...firsts), unit: 'ms', raw: firsts },
    )
    if (Math.max(...shares) > LATE_LIMIT) break
    carried = size
  }
  const row = { figure: `conversations × ${FPS} fps carried`, value: carried, unit: '' }
  return [extent.isGoal ? atLeast(4, row) : row, ...rows]
}

/** Faces a second, with nothing around them. */
async function besidePyTorch({ config, model, device, extent }: Setting): Promise<Row[]> {
  await using ours = await FaceRuns.load(config, model, device, MAX_BATCH)
  const composed = (await ours.compose(COMPOSED)).map((ms) => rounded(ms, 2))
  const rows: Row[] = [
    {
      figure: `a face laid over a frame of ${config.video.size}×${config.video.size} and packed as JPEG, median`,
      value: median(composed),
      unit: 'ms',
    },
  ]
  if (extent.crowds.length > 0) {
    const rate = await ours.throughput(2 * MAX_BATCH, extent.seconds)
    rows.push({ figure: 'faces with enough of them waiting', value: rounded(rate), unit: 'frames/s' })
  }
  const args = ['--device', device.kind, ...(model.manifest.tiny ? ['--tiny'] : [])]
  await using published = await PythonTurns.start(MODEL, args)
  for (const batch of extent.batches) {
    const names = { ours: `phiz (${model.manifest.precision})`, theirs: `PyTorch (${published.about})` }
    rows.push(...batchRows(batch, names, await alternate(ours, published, batch, extent), extent.isGoal))
  }
  return rows
}

interface Round {
  readonly ours: Drawn
  readonly theirs: number
}

async function alternate(
  ours: FaceRuns,
  published: PythonTurns,
  batch: number,
  { rounds, seconds }: Extent,
): Promise<readonly Round[]> {
  const measured: Round[] = []
  let spent = 0
  for (let round = 0; round <= rounds || spent < seconds * 1000; round += 1) {
    await sleep(PAUSE_MS)
    const drawn = await ours.draw(batch)
    await sleep(PAUSE_MS)
    const theirs = await published.job(String(batch))
    // The first round warms up.
    if (round === 0) continue
    measured.push({ ours: drawn, theirs })
    spent += drawn.ms + theirs
  }
  return measured
}

function batchRows(
  batch: number,
  names: { readonly ours: string; readonly theirs: string },
  rounds: readonly Round[],
  isGoal: boolean,
): Row[] {
  const rate = (ms: number): number => rounded((batch * 1000) / ms, 3)
  const ours = rounds.map((round) => rate(round.ours.ms))
  const theirs = rounds.map((round) => rate(round.theirs))
  const ratios = rounds.map((round) => rounded(round.theirs / round.ours.ms, 2))
  const outside = rounds.map(({ ours: { ms, runsMs } }) => rounded((100 * (ms - runsMs)) / ms, 2))
  const about = batch === 1 ? '1 face' : `${batch} faces at once`
  const ratio = {
    figure: `${about}, ${names.ours}, median`,
    value: rounded(median(ratios), 3),
    unit: '× PyTorch',
    raw: ratios,
  }
  const share = {
    figure: `${about}, ${names.ours}, outside the network, median`,
    value: rounded(median(outside), 3),
    unit: '% of the time',
    raw: outside,
  }
  return [
    {
      figure: `${about}, ${names.theirs}, median`,
      value: rounded(median(theirs), 3),
      unit: 'frames/s',
      raw: theirs,
    },
    {
      figure: `${about}, ${names.ours}, median`,
      value: rounded(median(ours), 3),
      unit: 'frames/s',
      raw: ours,
    },
    isGoal ? atLeast(1.5, ratio) : ratio,
    isGoal ? atMost(5, share) : share,
  ]
}

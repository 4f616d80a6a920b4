import { createServer } from 'node:net'
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises'
import { arch, availableParallelism, platform, tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { App } from '../app.js'
import type { Config } from '../config/schema.js'
import { UnavailableError } from '../errors.js'
import { lookAtExported } from '../models/exported.js'
import { modelStore } from '../models/installed.js'
import { pinOf } from '../models/known-models.js'
import { isExported } from '../models/model-id.js'
import { say } from '../say.js'
import { describeModel } from './models-description.js'
import { shelf, type ShelfModel } from './models-shelf.js'

/** One part that is tried. */
export interface Check {
  readonly name: string
  /** Whether nothing works without it. */
  readonly essential: boolean
  /** Tries it and says what works; throws an error that says what is missing and how to get it. */
  run(): Promise<string>
}

export interface CheckResult {
  readonly name: string
  readonly status: 'works' | 'missing' | 'fails'
  readonly detail: string
}

const OLDEST_NODE = [20, 20] as const

/** All checks, in the order in which the parts stand on each other. */
export function checks(app: App): readonly Check[] {
  const { config, catalogue } = app
  return [
    { name: 'node', essential: true, run: checkNode },
    {
      name: 'machine',
      essential: false,
      run: () =>
        Promise.resolve(
          `${platform()}-${arch()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB memory`,
        ),
    },
    {
      name: 'speech',
      essential: false,
      run: async () =>
        `${catalogue.engines.speech}, ${(await catalogue.speech()).sampleRate} Hz: English and Mandarin`,
    },
    { name: 'voice', essential: false, run: () => checkVoice(app) },
    {
      name: 'expression',
      essential: true,
      run: async () => {
        await catalogue.expression()
        return `${catalogue.engines.expression} on ${config.device}: 52 blendshapes`
      },
    },
    {
      name: 'video',
      essential: true,
      run: async () => {
        const { width, height, fps } = await catalogue.video()
        return `${catalogue.engines.video}: ${width}×${height} at ${fps} fps`
      },
    },
    ...shelf(config)
      .filter(({ id }) => isExported(id))
      .map(exportedCheck),
    { name: 'film', essential: false, run: () => checkFilm(app) },
    { name: 'port', essential: false, run: () => checkPort(config.gateway.host, config.gateway.port) },
    { name: 'data folder', essential: false, run: () => checkFolder(config.dataDirectory) },
  ]
}

/** A model that its user exports: nobody has to have it, but one that is there must be whole. */
function exportedCheck(model: ShelfModel): Check {
  const { state, words } = model.look()
  return {
    name: model.id,
    essential: state === 'damaged',
    run: () => (state === 'installed' ? Promise.resolve(words) : Promise.reject(new UnavailableError(words))),
  }
}

function checkNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldMajor, oldMinor] = OLDEST_NODE
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    return Promise.reject(
      new UnavailableError(
        `Node ${process.versions.node} is too old; install Node ${oldMajor}.${oldMinor} or newer.`,
      ),
    )
  }
  return Promise.resolve(`Node ${process.versions.node}`)
}

/** Whether the natural English voice is there, by the checksums of its files. */
async function checkVoice({ config }: App): Promise<string> {
  const pin = pinOf('hibari')
  const found = await modelStore(config).verify(pin, new AbortController().signal)
  const detail = `${pin.id}, ${pin.title}: ${describeModel(pin, found)}`
  if (found.state !== 'installed') throw new UnavailableError(detail)
  return detail
}

/** Makes a real film of a few words: every part of the line, and FFmpeg. */
async function checkFilm(app: App): Promise<string> {
  if (isSlow(app.config)) {
    throw new UnavailableError('not tried: MuseTalk takes seconds a frame on a CPU; use --device cuda.')
  }
  const folder = await mkdtemp(join(tmpdir(), 'phiz-doctor-'))
  try {
    const output = join(folder, 'film.mp4')
    const report = await say(app, { source: { kind: 'text', text: 'Hello.' }, output })
    const { size } = await stat(output)
    return (
      `H.264 and AAC, ${(report.audio_ms / 1000).toFixed(1)} s in ${Math.round(size / 1024)} kB; ` +
      `first audio ${Math.round(report.first_audio_ms ?? 0)} ms, first frame ${Math.round(report.first_frame_ms ?? 0)} ms`
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a film of one word would take minutes. */
function isSlow(config: Config): boolean {
  if (config.video.engine !== 'musetalk' || config.device !== 'cpu') return false
  const found = lookAtExported(config, 'musetalk')
  return found.state === 'installed' && !found.manifest.tiny
}

async function checkPort(host: string, port: number): Promise<string> {
  await new Promise<void>((settle, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UnavailableError(
          `${host}:${port} cannot be opened (${error.code ?? error.message}); choose another with --port.`,
        ),
      )
    })
    server.listen(port, host, () => {
      server.close(() => {
        settle()
      })
    })
  })
  return `${host}:${port} is free`
}

async function checkFolder(folder: string): Promise<string> {
  const path = resolve(folder)
  let existing = path
  while (!(await exists(existing)) && dirname(existing) !== existing) existing = dirname(existing)
  try {
    await access(existing, constants.W_OK)
  } catch (error) {
    throw new UnavailableError(`${path} cannot be written; choose another with --data-directory.`, {
      cause: error,
    })
  }
  return path
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

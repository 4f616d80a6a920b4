/** phiz on LAM-A2E and MuseTalk themselves: the small networks of the golden data, for tests. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { createApp, type App } from '../src/app.js'
import { resolveConfig } from '../src/config/load.js'
import type { Config } from '../src/config/schema.js'
import { encodeWav } from '../src/media/wav.js'
import { parseDevice } from '../src/runtime/device.js'
import { ModelRegistry } from '../src/runtime/registry.js'
import { createWorkerEngine } from '../src/runtime/worker-engine.js'
import { avatarStore } from '../src/stages/avatar/configured-store.js'
import type { AvatarServices } from '../src/stages/avatar/job.js'
import type { Catalogue } from '../src/stages/catalogue.js'
import { createCatalogue } from '../src/stages/create-catalogue.js'
import { faceModel } from '../src/stages/face/model.js'
import type faceProgram from '../src/stages/face/program.js'
import { readClip } from './media/encode-audio.js'

/** Folders of the exported models. */
export const LAM_FOLDER = fileURLToPath(new URL('golden/lam-a2e/model', import.meta.url))
export const MUSETALK_FOLDER = fileURLToPath(new URL('golden/musetalk/model', import.meta.url))

/** Width and height of the built-in face's frames. */
export const SIZE = 128
/** Frames a second. */
export const FPS = 25

/** LAM-A2E and MuseTalk in small pictures. */
function settings(folder: string, flags: Readonly<Record<string, unknown>>): Config {
  return resolveConfig({
    flags: {
      dataDirectory: join(folder, 'data'),
      'expression.engine': 'lam',
      'lam.folder': LAM_FOLDER,
      'video.engine': 'musetalk',
      'video.size': SIZE,
      'video.fps': FPS,
      'video.workers': 1,
      'musetalk.folder': MUSETALK_FOLDER,
      ...flags,
    },
  })
}

/** phiz, and a folder of its own for what it keeps. */
export interface RealApp extends AsyncDisposable {
  readonly app: App
  readonly folder: string
}

/** @param flags settings that differ */
export async function realApp(flags: Readonly<Record<string, unknown>> = {}): Promise<RealApp> {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-real-models-'))
  const app = createApp(settings(folder, flags))
  return {
    app,
    folder,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

/** The line of an application, whose engines can be looked at. */
export interface RealLine extends AsyncDisposable {
  readonly folder: string
  readonly catalogue: Catalogue
  readonly avatars: AvatarServices
  /** Ids of the models that are loaded, until the last of them has ended. */
  readonly alive: ReadonlySet<string>
  /** Ids of the models of each step, in order. */
  readonly steps: readonly string[]
}

/** @param flags settings that differ */
export async function realLine(flags: Readonly<Record<string, unknown>> = {}): Promise<RealLine> {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-real-models-'))
  const config = settings(folder, flags)
  const steps: string[] = []
  const alive = new Set<string>()
  const registry = new ModelRegistry({
    device: parseDevice(config.device),
    onStep: ({ model }) => steps.push(model),
    create: async (spec, options) => {
      const engine = await createWorkerEngine(spec, options)
      alive.add(spec.id)
      const end = engine.dispose.bind(engine)
      engine.dispose = async () => {
        await end()
        alive.delete(spec.id)
      }
      return engine
    },
  })
  const catalogue = createCatalogue(config, registry)
  return {
    folder,
    catalogue,
    alive,
    steps,
    avatars: {
      store: avatarStore(config),
      faces: () => registry.load<typeof faceProgram>(faceModel()),
      limits: config.avatars,
      ...(catalogue.prepareAvatar && { prepare: catalogue.prepareAvatar }),
    },
    [Symbol.asyncDispose]: async () => {
      await catalogue[Symbol.asyncDispose]()
      await registry.shutdown()
      await rm(folder, { recursive: true })
    },
  }
}

/** A part of a recording of speech, 16 kHz. */
export async function speech(seconds: number): Promise<Float32Array> {
  const from = 4000
  return (await readClip('speech-en-3s')).slice(from, from + Math.round(seconds * 16_000))
}

/** Writes a part of a recording of speech as a WAV file. */
export async function writeSpeech(path: string, seconds: number): Promise<void> {
  await writeFile(path, encodeWav(await speech(seconds), 16_000))
}

/** Mean difference of two pictures of the same size in levels, over a band of their rows: shares of the height. */
export async function difference(
  one: Uint8Array,
  other: Uint8Array,
  [top, bottom]: readonly [number, number] = [0, 1],
): Promise<number> {
  const [a, b] = await Promise.all([one, other].map((picture) => pixels(picture)))
  const [from, to] = [Math.floor(top * a!.length), Math.floor(bottom * a!.length)]
  let sum = 0
  for (let at = from; at < to; at++) sum += Math.abs(a![at]! - b![at]!)
  return sum / (to - from)
}

function pixels(picture: Uint8Array): Promise<Buffer> {
  return sharp(picture).removeAlpha().raw().toBuffer()
}

import { join } from 'node:path'
import type { ExportedModel } from '../../../../models/exported.js'
import type { ModelRegistry } from '../../../../runtime/registry.js'
import type { AvatarProgress } from '../../../avatar/job.js'
import { parseMusetalkNetwork } from '../contract.js'
import { prepareModel } from '../prepare/model.js'
import type program from '../prepare/program.js'
import type { PrepareConfig } from '../prepare/program.js'
import type { ModelSpec } from '../../../../runtime/engine.js'
import { modelKey, parametersKey, type MaterialParameters } from './key.js'
import type { MaterialManifest } from './manifest.js'
import { lookForMaterial, makeMaterial, materialKey, type MaterialPlace } from './material-place.js'
import type { StoredMaterial } from './read.js'
import { SharedWork } from './shared-work.js'
import type { MaterialSource } from './source.js'
import { MaterialWriter } from './writer.js'

/** What MuseTalk needs of a face, ready on disk. */
export interface Material {
  readonly folder: string
  /** Path of 8 × 32 × 32 float16 a frame. */
  readonly latents: string
  /** Frames, played forwards and backwards. */
  readonly count: number
  readonly fps: number
  /** Size of the frames in pixels. */
  readonly width: number
  readonly height: number
}

export interface MaterialOptions extends MaterialParameters {
  /** Keeps what belongs to no avatar. */
  readonly dataDirectory: string
  /** Threads of a run on the CPU; 0 takes all cores. */
  readonly threads: number
}

/** Standing of a preparation's steps against those of turns, which are 0. */
const PRIORITY = -1

/** Who waits for a material, and how the waiting is stopped. */
export interface MaterialObserver {
  readonly signal: AbortSignal
  /** Told in the phase `latents`, when it has to be made. */
  readonly onProgress?: (progress: AvatarProgress) => void
}

/**
 * What MuseTalk needs of faces: made when it is first asked for, kept beside the avatar, and made anew when the model or
 * the parameters have changed or a file of it is damaged. The networks that make it are loaded for that time alone.
 */
export class Materials {
  readonly #registry: ModelRegistry
  readonly #options: MaterialOptions
  readonly #spec: ModelSpec<PrepareConfig>
  readonly #model: string
  readonly #work = new SharedWork<Material, AvatarProgress>()
  #preparations = 0

  /** @throws ModelLoadError when the model's manifest is not of a MuseTalk that phiz can run */
  constructor(registry: ModelRegistry, model: ExportedModel, options: MaterialOptions) {
    const network = parseMusetalkNetwork(model.manifest.network, join(model.folder, 'model.json'))
    this.#registry = registry
    this.#options = options
    this.#spec = prepareModel(model, network, registry.device, options.threads)
    this.#model = modelKey(model.manifest, network)
  }

  /**
   * The material of a face. Those who ask for the same share one preparation, which goes on as long as one of them
   * waits.
   *
   * @throws InputError when the face cannot be drawn; ModelLoadError when the model or the avatar is damaged;
   * UnavailableError when the avatar has been replaced meanwhile; the signal's error when it aborts.
   */
  async ensure(source: MaterialSource, observer: MaterialObserver): Promise<Material> {
    const place = this.#placeOf(source)
    return this.#work.join(JSON.stringify(source), observer, async (signal, onProgress) => {
      const found = await lookForMaterial(place)
      return about(
        found ??
          (await makeMaterial(place, signal, (folder) =>
            this.#prepare(source, materialKey(place), folder, signal, onProgress),
          )),
      )
    })
  }

  async #prepare(
    source: MaterialSource,
    key: string,
    folder: string,
    signal: AbortSignal,
    onProgress: (progress: AvatarProgress) => void,
  ): Promise<MaterialManifest> {
    const { mode, extraMargin } = this.#options
    this.#preparations += 1
    let writer: MaterialWriter | undefined
    try {
      onProgress({ phase: 'latents', done: 0, total: source.kind === 'video' ? source.count : 1 })
      const engine = await this.#registry.load<typeof program>(this.#spec)
      writer = await MaterialWriter.open(folder)
      const session = await engine.open({ source, mode, extraMargin }, { signal, priority: PRIORITY })
      try {
        let done = 0
        let size = { fps: 0, width: 0, height: 0 }
        for await (const frame of session.process(0)) {
          const { fps, width, height, count } = frame
          size = { fps, width, height }
          await writer.add(frame)
          done += 1
          onProgress({ phase: 'latents', done, total: count, fps })
        }
        return await writer.finish({ key, ...size })
      } finally {
        await session.close()
      }
    } finally {
      await writer?.close()
      this.#preparations -= 1
      if (this.#preparations === 0) await this.#registry.dispose(this.#spec.id)
    }
  }

  #placeOf(source: MaterialSource): MaterialPlace {
    const model = this.#model
    const parameters = parametersKey(this.#options, source)
    if (source.kind === 'built-in') {
      const root = join(this.#options.dataDirectory, 'musetalk')
      return { root, face: `built-in-${source.size}`, model, parameters, isOfAvatar: false }
    }
    return { root: source.content, face: 'musetalk', model, parameters, isOfAvatar: true }
  }
}

function about({ folder, latents, manifest }: StoredMaterial): Material {
  const { fps, width, height, boxes } = manifest
  return { folder, latents, count: boxes.length, fps, width, height }
}

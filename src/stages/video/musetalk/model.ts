import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ExportedModel } from '../../../models/exported.js'
import { deviceName, type Device } from '../../../runtime/device.js'
import type { ModelSpec } from '../../../runtime/engine.js'
import { composeModel } from './compose/model.js'
import { parseMusetalkNetwork } from './contract.js'
import type { EarsConfig } from './ears/program.js'
import type { FaceConfig } from './face/program.js'

export interface MusetalkModelOptions {
  /** Where the networks run. */
  readonly device: Device
  /** Most frames in one run. */
  readonly maxBatch: number
  /** Threads of a run on the CPU; 0 takes all cores. */
  readonly threads: number
  /** Threads that compose frames. */
  readonly workers: number
}

/** MuseTalk as the registry loads it. */
export interface MusetalkModels {
  /** Whisper's encoder: sound to what each frame hears. */
  readonly ears: ModelSpec<EarsConfig>
  /** The U-Net and the decoder: what a frame hears to its face. */
  readonly face: ModelSpec<FaceConfig>
  /** Faces and footage to JPEG frames. */
  readonly compose: ModelSpec<undefined>
  /** The device's name, for messages. */
  readonly device: string
  /** Sizes of the face's runs, ascending; the last is the largest. */
  readonly sizes: readonly number[]
  /** Whether a run may have any size up to the largest; else it is filled up to the next one. */
  readonly exact: boolean
}

/** Threads that encode sound on the CPU: a run is short, and more of them take more from the faces than they give. */
const MOST_EAR_THREADS = 4

/**
 * The large network has a process of its own, which can be ended in the middle of a run, and gives back all of its memory
 * when it ends: a thread keeps more than a gigabyte of it. On CUDA the small one has, too, for the device's memory. There
 * the sizes of runs are few and warmed up at load, since a new one makes CUDA choose its kernels anew; on the CPU nothing
 * is warmed up, which would only keep the first frame waiting for seconds.
 *
 * @throws ModelLoadError when the manifest is not of a MuseTalk that phiz can run
 */
export function musetalkModels(
  { folder, manifest }: Pick<ExportedModel, 'folder' | 'manifest'>,
  { device, maxBatch, threads, workers }: MusetalkModelOptions,
): MusetalkModels {
  const { graphs, width, batchSizes } = parseMusetalkNetwork(manifest.network, join(folder, 'model.json'))
  const onCuda = device.kind === 'cuda'
  const cores = threads === 0 ? availableParallelism() : threads
  // On a processor a batch takes as long as its faces one by one, seconds each, and cannot be interrupted between them.
  const most = onCuda || manifest.tiny ? maxBatch : 1
  const sizes = [...batchSizes.filter((size) => size < most), most]
  return {
    ears: {
      id: 'musetalk-ears',
      program: new URL('./ears/program.js', import.meta.url),
      folder,
      config: { file: graphs.whisper, width, threads: Math.min(MOST_EAR_THREADS, cores) },
      host: onCuda ? 'process' : 'thread',
      device,
    },
    face: {
      id: 'musetalk-face',
      program: new URL('./face/program.js', import.meta.url),
      folder,
      config: { file: graphs.unetVae, width, warmUp: onCuda ? sizes : [], threads: cores },
      host: 'process',
      device,
    },
    compose: composeModel(workers),
    device: deviceName(device),
    sizes,
    exact: !onCuda,
  }
}

import { fileURLToPath } from 'node:url'
import { createWorkerEngine } from '../../../../runtime/worker-engine.js'
import { PORTRAIT_FOLDER } from '../avatar.js'
import type { RigSubject } from './program.js'

export type { RigSubject } from './program.js'

/**
 * The rig of a face as a GLB file, for viewers and renderers of 3D: see `rigGlb`. It is made in a thread of its own,
 * which ends with it.
 *
 * @throws CancelledError when the signal aborts; ModelLoadError when a file of the face is missing or damaged;
 * UnavailableError when it was replaced meanwhile.
 */
export async function exportRig(subject: RigSubject, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted()
  const engine = await createWorkerEngine<null, RigSubject, Uint8Array<ArrayBuffer>>(
    {
      id: 'rig',
      program: new URL('./program.js', import.meta.url),
      folder: fileURLToPath(PORTRAIT_FOLDER),
      config: undefined,
      host: 'thread',
      usesDevice: false,
    },
    { device: { kind: 'cpu' } },
  )
  try {
    const session = await engine.open(null, { signal })
    for await (const glb of session.process(subject)) return glb
    throw new Error('The rig was not made.')
  } finally {
    await engine.dispose()
  }
}

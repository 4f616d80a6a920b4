import { open } from 'node:fs/promises'
import { createPartialFile } from '../../media/partial-file.js'
import type { Sink } from '../../pipeline/sink.js'
import { blendshapeFrame, blendshapeHead, blendshapeTail } from './blendshape-json.js'

/** Writes motion to a JSON file in the LAM-A2E shape, which appears under its name only when it is whole. */
export async function jsonSink(path: string, options: { readonly fps: number }): Promise<Sink> {
  const file = await createPartialFile(path)
  const handle = await open(file.path, 'w')
  const startedAt = performance.now()
  let frames = 0
  await handle.write(blendshapeHead())
  return {
    name: 'json',
    kinds: ['motion'],
    write: async (packet) => {
      if (packet.kind !== 'motion') return
      await handle.write(blendshapeFrame(packet))
      frames += 1
    },
    finish: async () => {
      await handle.write(blendshapeTail(frames, options.fps, (performance.now() - startedAt) / 1000))
      await handle.close()
      await file.commit()
    },
    abort: async () => {
      await handle.close()
      await file.discard()
    },
  }
}

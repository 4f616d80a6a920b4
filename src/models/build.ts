import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf } from '../errors.js'
import { writeThrough } from '../storage/disk.js'
import { withOutput } from './expose-output.js'
import type { ExposedTensor, InstalledManifest, Pin, Trial } from './pin.js'
import { tryGraph } from './trial.js'
import { sha256Of, type WheelFiles } from './wheel.js'

/**
 * Fills an empty folder with a model's files, its graph with the inner tensor as an output where that works, and tries
 * the graph.
 *
 * @returns What the folder's `model.json` is to say.
 * @throws ModelLoadError when the graph does not work even as it is in the wheel.
 */
export async function buildModel(
  folder: string,
  pin: Pin,
  files: WheelFiles,
  signal: AbortSignal,
): Promise<InstalledManifest> {
  const { expose } = pin
  const written = new Map(files)
  let note: string | undefined
  if (expose !== undefined) {
    const edited = withOutput(files.get(expose.graph)!, expose)
    const problem = await problemOf(folder, edited, expose, pin.trial, signal)
    if (problem === undefined) written.set(expose.graph, edited)
    else note = `${expose.graph} is as it is in the wheel: ${problem}`
  }
  for (const [path, content] of written) await writeInto(folder, path, content)
  const exposed = expose !== undefined && note === undefined
  // What was edited has been tried before.
  if (!exposed || expose.graph !== pin.trial.graph) await tryGraph(folder, pin.trial, signal)
  return {
    ...pin,
    files: pin.files.map((file) => {
      const content = written.get(file.path)!
      return { ...file, bytes: content.length, sha256: sha256Of(content) }
    }),
    outputs: exposed ? [...pin.outputs, expose.as] : pin.outputs,
    installedAt: new Date().toISOString(),
    exposed,
    ...(note !== undefined && { note }),
  }
}

/** Why the edited graph cannot be used, if it cannot. Leaves nothing behind. */
async function problemOf(
  folder: string,
  edited: Uint8Array,
  { graph, as }: ExposedTensor,
  trial: Trial,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = join(folder, graph)
  await writeInto(folder, graph, edited)
  try {
    const shapes = await tryGraph(folder, trial, signal)
    return as.name in shapes ? undefined : `it has no output "${as.name}"`
  } catch (error) {
    if (signal.aborted) throw error
    return messageOf(error)
  } finally {
    await rm(path, { force: true })
  }
}

async function writeInto(folder: string, path: string, content: Uint8Array): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeThrough(file, content)
}

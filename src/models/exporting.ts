import { isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExportedModelId } from './exported-manifest.js'

/** What is known of a model before it is there. */
interface Weights {
  /** What people call the model, as it stands in the middle of a sentence. */
  readonly title: string
  /** The official weights, as they are called where they are offered. */
  readonly file: string
  /** Who offers them, for people to look up. */
  readonly from: string
}

const WEIGHTS: Readonly<Record<ExportedModelId, Weights>> = {
  'lam-a2e': {
    title: 'LAM-A2E, speech to 52 ARKit weights',
    file: 'LAM_audio2exp_streaming.tar',
    from: '3DAIGC/LAM_audio2exp on Hugging Face (its home is aigc3d/LAM_Audio2Expression on GitHub)',
  },
  musetalk: {
    title: 'MuseTalk 1.5, speech to a talking face',
    file: 'MuseTalk/models',
    from: 'TMElyralab/MuseTalk on Hugging Face and the pages of the networks that it builds on',
  },
}

const exporters = fileURLToPath(new URL('../../models', import.meta.url))

/** What people call an exported model, as it stands in the middle of a sentence. */
export function exportedTitle(id: ExportedModelId): string {
  return WEIGHTS[id].title
}

/** Who offers the weights of a model, for people to look up. */
export function weightsFrom(id: ExportedModelId): string {
  return WEIGHTS[id].from
}

/**
 * The command that makes a model's folder, to be pasted into a shell that stands where this process does.
 *
 * @param output The folder.
 * @param weights The official weights; what they are usually called when left out.
 */
export function exportCommand(id: ExportedModelId, output: string, weights = WEIGHTS[id].file): string {
  const exporter = join(exporters, id, 'export.py')
  const words = [shortest(exporter), '--weights', shortest(weights), '--output', shortest(output)]
  return ['python', ...words.map(quoted)].join(' ')
}

/** A path as people would write it here: relative where it lies below the working directory. */
function shortest(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

import { createHash } from 'node:crypto'
import type { Manifest } from '../../../../runtime/manifest.js'
import type { MusetalkMode, MusetalkNetwork } from '../contract.js'
import { MATERIAL_FORMAT } from './manifest.js'
import type { MaterialSource } from './source.js'

/** What the parts of a material depend on, beside the face itself. */
export interface MaterialParameters {
  readonly mode: MusetalkMode
  /** See `FaceBoxOptions`. */
  readonly extraMargin: number
}

const LENGTH = 10

/** Stands for the networks that a material is made with, by the contents of their files. */
export function modelKey({ files }: Manifest, { graphs }: MusetalkNetwork): string {
  // Weights that do not fit into a graph's file lie beside it, under the same beginning.
  const stems = [graphs.vaeEncoder, graphs.faceParse].map((graph) => graph?.replace(/\.onnx$/, ''))
  const hashes = stems.map((stem) =>
    stem === undefined ? [] : files.filter(({ path }) => path.startsWith(stem)).map(({ sha256 }) => sha256),
  )
  return digest([MATERIAL_FORMAT, hashes])
}

/** Stands for the parameters that a material is made with. */
export function parametersKey({ mode, extraMargin }: MaterialParameters, source: MaterialSource): string {
  return digest([mode, extraMargin, source.kind === 'video' ? null : source.size])
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, LENGTH)
}

import { z } from 'zod'

/** Settings of the models whose weights a user exports: docs/models.md. */

/** LAM-A2E: sound to 52 weights. */
export const lamSettings = z.strictObject({
  /** `realtime`: streams with its context and a short look-ahead. `reference`: as it was published, in chunks of 1 s. */
  mode: z.enum(['realtime', 'reference']).default('realtime'),
  /** Folder that its exporter wrote. Empty: `lam-a2e` in the folder of the models. */
  folder: z.string().default(''),
  /** Style of speaking where nobody chooses one. Clients of the LAM-A2E endpoint always do: theirs is 0 unless they say. */
  identity: z.number().int().min(0).max(11).default(0),
  /** Threads of a run; 0 takes half the cores, at most 4. */
  threads: z.number().int().min(0).max(64).default(0),
})

/** MuseTalk: sound to the mouth of a filmed face. */
export const musetalkSettings = z.strictObject({
  /** `realtime`: streams, and goes on where the last turn ended. `reference`: as it was published, 30 s at a time. */
  mode: z.enum(['realtime', 'reference']).default('realtime'),
  /** Folder that its exporter wrote. Empty: `musetalk` in the folder of the models. */
  folder: z.string().default(''),
  /** What is taken below the chin: pixels of the source in `reference`, in `realtime` of a face 256 pixels high. */
  extraMargin: z.number().int().min(0).max(200).default(10),
  /** Most frames in one run; fewer when the device's memory does not hold them. */
  maxBatch: z.number().int().min(1).max(64).default(8),
  /** Threads of a run on the CPU; 0 takes all cores. */
  threads: z.number().int().min(0).max(64).default(0),
})

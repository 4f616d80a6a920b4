import { z } from 'zod'
import type { LogMelOptions } from '../../../dsp/mel-stream.js'
import { ModelLoadError } from '../../../errors.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import { checkShape } from '../../../runtime/parse-json.js'

/** What the network's `model.json` says beside the fields that every manifest has. */
const networkSchema = z.looseObject({
  files: z.array(z.looseObject({ path: z.string() })),
  inputs: z.array(z.looseObject({ name: z.string(), shape: z.array(z.union([z.number(), z.string()])) })),
  sampleRate: z.number().int().positive(),
  hopSamples: z.number().int().positive(),
  windowSamples: z.number().int().positive(),
  fftSize: z.number().int().positive(),
  melBands: z.number().int().positive(),
  melLowHz: z.number().nonnegative(),
  melHighHz: z.number().positive(),
  powerFloor: z.number().positive(),
  silence: z.number(),
  lookaheadFrames: z.number().int().nonnegative(),
  frameRate: z.number().positive(),
  channels: z.array(z.string()),
})

/** All that the step loop needs to know about the network. Plain data: it travels to the worker. */
export interface VisemeNetwork {
  /** The ONNX file within the model's folder. */
  readonly file: string
  readonly frontEnd: LogMelOptions
  /** Value of every mel band in digital silence; fed after the end. */
  readonly silence: number
  /** Length of the state tensor; the first state is zeros. */
  readonly stateSize: number
  /** Output frames between an input frame and the face that belongs to it. */
  readonly lookaheadFrames: number
  /** Output frames a second, one for each hop. */
  readonly frameRate: number
  /** Names of the outputs, such as `mouthSmile` for both corners. */
  readonly channels: readonly string[]
}

const weightsSchema = z.record(z.string(), z.number().min(0).max(1))

const visemeSchema = z.object({
  dominance: z.number().positive(),
  weights: weightsSchema,
  /** How much of a channel the viseme takes away while it is held. */
  closure: weightsSchema.optional(),
})

const tableSchema = z.object({
  channels: z.array(z.string()),
  arkit: z.record(
    z.string(),
    z.array(z.enum(Object.keys(BLENDSHAPE_INDEX) as [keyof typeof BLENDSHAPE_INDEX])),
  ),
  model: z.object({
    flat: z.number(),
    power: z.number(),
    minHalfWidth: z.number().positive(),
    epsilon: z.number().positive(),
    closureHold: z.number(),
    closureFade: z.number().positive(),
    seal: z.array(z.string()),
  }),
  visemes: z.record(z.string(), visemeSchema),
  alphabets: z.object({
    ipa: z.record(z.string(), z.array(z.string())),
    espeak: z.record(z.string(), z.array(z.string())),
    misaki: z.record(z.string(), z.array(z.string())),
  }),
})

/** `visemes.json`: what each viseme looks like, how they blend, and which phoneme is which. */
export type VisemeTable = z.infer<typeof tableSchema>
export type Viseme = z.infer<typeof visemeSchema>

/**
 * Reads the network's part of a parsed `model.json`.
 *
 * @throws ModelLoadError that lists every field that is missing or wrong
 */
export function parseVisemeNetwork(manifest: unknown): VisemeNetwork {
  const fields = checkShape(networkSchema, manifest, 'model.json of the viseme network')
  const file = fields.files.find(({ path }) => path.endsWith('.onnx'))
  const stateSize = fields.inputs.find(({ name }) => name === 'state')?.shape.at(-1)
  if (file === undefined || typeof stateSize !== 'number') {
    throw new ModelLoadError(
      'model.json of the viseme network names no .onnx file, or no input "state" of a fixed size.',
    )
  }
  return {
    file: file.path,
    frontEnd: {
      sampleRate: fields.sampleRate,
      window: fields.windowSamples,
      hop: fields.hopSamples,
      fftSize: fields.fftSize,
      bands: fields.melBands,
      lowHz: fields.melLowHz,
      highHz: fields.melHighHz,
      floor: fields.powerFloor,
    },
    silence: fields.silence,
    stateSize,
    lookaheadFrames: fields.lookaheadFrames,
    frameRate: fields.frameRate,
    channels: fields.channels,
  }
}

/**
 * Reads a parsed `visemes.json`.
 *
 * @throws ModelLoadError that lists every field that is missing or wrong
 */
export function parseVisemeTable(json: unknown): VisemeTable {
  return checkShape(tableSchema, json, 'visemes.json')
}

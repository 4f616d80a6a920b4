import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { resolveConfig } from '../../../config/load.js'
import { UnavailableError } from '../../../errors.js'
import { createInlineEngineOf } from '../../../runtime/inline-engine.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import { lamExpressionEngine } from './engine.js'

const MODEL = fileURLToPath(new URL('../../../../test/golden/lam-a2e/model', import.meta.url))

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'phiz-lam-'))
})
afterEach(() => rm(root, { recursive: true }))

it('asks for its folder until it is there, and keeps what it has loaded', async () => {
  const folder = join(root, 'lam-a2e')
  const registry = new ModelRegistry({ device: { kind: 'cpu' }, create: createInlineEngineOf })
  const config = resolveConfig({ file: { lam: { folder } } })
  const expression = lamExpressionEngine(config, registry)
  await expect(expression({})).rejects.toThrow(UnavailableError)
  await cp(MODEL, folder, { recursive: true })
  await expression({})
  await rm(folder, { recursive: true })
  // As while a new export is put in its place.
  expect(await expression({ identity: 3 })).toMatchObject({ name: 'expression' })
  await registry.shutdown()
})

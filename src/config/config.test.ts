import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../errors.js'
import { readEnvironment } from './environment.js'
import { readConfigFile } from './file.js'
import { resolveConfig } from './load.js'
import { environmentName, SETTING_PATHS } from './settings.js'

function issuesOf(act: () => unknown): readonly string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigError) return error.issues
    throw error
  }
  throw new Error('Expected a ConfigError')
}

describe('resolveConfig', () => {
  it('has a default for every setting', () => {
    const config = resolveConfig()
    expect(config).toMatchObject({ device: 'cpu', video: { fps: 25, size: 512 }, gateway: { port: 8080 } })
    for (const path of SETTING_PATHS) {
      const value = path
        .split('.')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], config)
      expect(value, path).toBeDefined()
    }
  })

  it('takes flags before the environment before the file', () => {
    const config = resolveConfig({
      flags: { 'video.fps': '30' },
      environment: { 'video.fps': '50', 'video.size': '256' },
      file: { video: { fps: 60, size: 640, quality: 70 }, device: 'cuda:1' },
    })
    expect(config.video).toMatchObject({ fps: 30, size: 256, quality: 70 })
    expect(config.device).toBe('cuda:1')
  })

  it('reports all issues at once, each with its origin, its value and what would be right', () => {
    const issues = issuesOf(() =>
      resolveConfig({
        flags: { 'video.fps': 'fast', device: 'tpu' },
        environment: { 'gateway.port': '99999' },
        file: { video: { quality: 3 }, colour: 'red' },
        fileName: 'my.json',
      }),
    )
    expect(issues).toHaveLength(5)
    const text = issues.join('\n')
    expect(text).toMatch(/video\.fps \(command line\): .*number.*, got "fast"/)
    expect(text).toMatch(/device \(command line\): Expected "cpu", "cuda" or "cuda:<index>", got "tpu"/)
    expect(text).toMatch(/gateway\.port \(PHIZ_GATEWAY_PORT\): .*65535, got 99999/)
    expect(text).toMatch(/video\.quality \(my\.json\): .*10, got 3/)
    expect(text).toMatch(/the file \(my\.json\): .*"colour"/)
  })

  it('takes a switch as a word or as a JSON value', () => {
    expect(resolveConfig().models.autoInstall).toBe(true)
    expect(resolveConfig({ environment: { 'models.autoInstall': 'false' } }).models.autoInstall).toBe(false)
    expect(resolveConfig({ file: { models: { autoInstall: false } } }).models.autoInstall).toBe(false)
    expect(issuesOf(() => resolveConfig({ environment: { 'models.autoInstall': '0' } }))).toEqual([
      'models.autoInstall (PHIZ_MODELS_AUTO_INSTALL): Expected true or false, got 0',
    ])
  })

  it('leaves text as it is, also where it looks like a number', () => {
    const config = resolveConfig({ flags: { apiKey: '0123' }, environment: { dataDirectory: '2024' } })
    expect(config).toMatchObject({ apiKey: '0123', dataDirectory: '2024' })
  })

  it('refuses a file that is not an object', () => {
    expect(issuesOf(() => resolveConfig({ file: [1] }))).toEqual([
      'phiz.config.json: expected an object, got [1]',
    ])
  })
})

describe('readEnvironment', () => {
  it('knows every setting by its name, and takes an empty variable as not set', () => {
    expect(environmentName('speech.maxCharacters')).toBe('PHIZ_SPEECH_MAX_CHARACTERS')
    expect(readEnvironment({ PHIZ_VIDEO_FPS: '30', PHIZ_DEVICE: '', HOME: '/x' })).toEqual({
      'video.fps': '30',
    })
  })
})

describe('readConfigFile', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-config-'))
    await writeFile(join(folder, 'good.json'), '{"device":"cpu"}')
    await writeFile(join(folder, 'bad.json'), '{')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('reads JSON, and lets an optional file be absent', async () => {
    expect(await readConfigFile(join(folder, 'good.json'), true)).toEqual({ device: 'cpu' })
    expect(await readConfigFile(join(folder, 'none.json'), false)).toBeUndefined()
  })

  it('names the file that is missing or broken', async () => {
    await expect(readConfigFile(join(folder, 'none.json'), true)).rejects.toThrow(
      /none\.json: cannot be read/,
    )
    await expect(readConfigFile(join(folder, 'bad.json'), false)).rejects.toThrow(
      /bad\.json: is not valid JSON/,
    )
  })
})

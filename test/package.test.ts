import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)

it('exports what it promises, and nothing by accident', async () => {
  const library = await import('../src/index.js')
  expect(Object.keys(library).sort()).toMatchInlineSnapshot(`
    [
      "AvatarStore",
      "BLENDSHAPE_COUNT",
      "BLENDSHAPE_INDEX",
      "BLENDSHAPE_NAMES",
      "Conversation",
      "FlowWindow",
      "MOTION_FPS",
      "Turn",
      "borrowAvatar",
      "chain",
      "checkWindow",
      "combineTelemetry",
      "createApp",
      "createAvatar",
      "decodeAudio",
      "defineStage",
      "deliver",
      "endOf",
      "errors",
      "faceLine",
      "fork",
      "isKind",
      "loadAvatarPainter",
      "meterTurns",
      "probeAudio",
      "pull",
      "recordingLine",
      "recordingSource",
      "resolveConfig",
      "runTurn",
      "say",
      "speakingLine",
    ]
  `)
  const testing = await import('../src/testing/index.js')
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "ManualClock",
      "collect",
      "fakeExpression",
      "fakeLog",
      "fakeSpeech",
      "fakeText",
      "fakeVideo",
    ]
  `)
})

it('names every script that the documentation promises', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>
  }
  const promised = [
    'build',
    'start',
    'demo',
    'dev',
    'lint',
    'format',
    'typecheck',
    'layers',
    'test',
    'check',
    'bench',
    'setup:cuda',
  ]
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(promised))
})

it('installs from the npm registry without running scripts', async () => {
  expect(await readFile(new URL('.npmrc', root), 'utf8')).toMatch(/^ignore-scripts=true$/m)
})

/** Each step of the published model against what its parts give in Python: models/lam-a2e/golden.py. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { floats, readGolden } from '../../../../test/golden/read-golden.js'
import { blink, blinkInStream } from './blinks.js'
import { moveBrows } from './brows.js'
import { crossFade } from './cross-fade.js'
import { drawsFrom, type Draws } from './draws.js'
import { ReferenceChain } from './reference-chain.js'
import { referenceRecording } from './reference-recording.js'
import { rowsOf, type Rows } from './rows.js'
import { smoothed } from './savitzky-golay.js'
import { dampSilences } from './silence.js'
import { ALL_PAIRS, symmetrise } from './symmetry.js'
import { frameVolumes } from './volume.js'

const golden = readGolden(fileURLToPath(new URL('../../../../test/golden/lam-a2e', import.meta.url)))
const tensor = (name: string): Float32Array => floats(golden, name)
const rows = (name: string): Float32Array[] => rowsOf(tensor(name).slice())

/** All draws must be made: no more, no fewer. */
function drawsOf(name: string): Draws & { readonly left: () => number } {
  const numbers = [...tensor(name)]
  const next = (): number => {
    const number = numbers.shift()
    if (number === undefined) throw new Error(`${name} has no further draw.`)
    return number
  }
  return { ...drawsFrom(next), left: () => numbers.length }
}

function expectRows(actual: Rows, name: string): void {
  const expected = rowsOf(tensor(name))
  expect(actual, name).toHaveLength(expected.length)
  for (const [i, row] of expected.entries()) {
    for (const [c, value] of row.entries()) {
      const difference = Math.abs(actual[i]![c]! - value)
      if (!(difference < 1e-4)) {
        expect.fail(`${name}: row ${i}, channel ${c} is ${actual[i]![c]} instead of ${value}`)
      }
    }
  }
}

function expectVolumes(actual: Float32Array, name: string): void {
  const expected = tensor(name)
  expect(actual, name).toHaveLength(expected.length)
  for (const [i, volume] of expected.entries())
    expect(actual[i], `${name}, frame ${i}`).toBeCloseTo(volume, 5)
}

it.each([16_000, 24_000, 48_000])('measures the loudness of frames at %i Hz', (rate) => {
  expectVolumes(frameVolumes(tensor(`volume.${rate}.audio`), rate), `volume.${rate}`)
})

it('measures the loudness of a scrap, and of a sound that begins and ends at once', () => {
  expectVolumes(frameVolumes(tensor('volume.16000.audio').subarray(0, 50), 16_000), 'volume.16000.first50')
  expectVolumes(frameVolumes(new Float32Array(16_000).fill(1), 16_000), 'volume.16000.steady')
})

it.each(['first.6', 'first.7', 'first.8', 'second.6', 'second.7', 'second.8'])(
  'finds the silence %s as the original counts it',
  (name) => {
    const weights = rows('silence.weights')
    dampSilences(weights, tensor(`silence.${name}.volume`), 10)
    expectRows(weights, `silence.${name}.damped`)
  },
)

it.each([
  ['first', 0],
  ['after10', 10],
  ['after18', 18],
])('fades in %s', (name, processed) => {
  const weights = rows('fade.weights')
  crossFade(weights, processed)
  expectRows(weights, `fade.${name}`)
})

it('smooths as SciPy does, however short', () => {
  expectRows(smoothed(rows('smooth.weights')), 'smooth.smoothed')
  expectRows(smoothed(rows('smooth.two.weights')), 'smooth.two.smoothed')
})

it('evens out left and right', () => {
  const weights = rows('smooth.weights')
  symmetrise(weights, ALL_PAIRS)
  expectRows(weights, 'smooth.symmetric')
})

it.each(['two', 'after', 'far', 'short'])('blinks in a stream: %s', (name) => {
  const weights = rows(`blinks.${name}.weights`)
  const draws = drawsOf(`blinks.${name}.draws`)
  blinkInStream(weights, golden[`blinks.${name}.done`]!.data[0]!, draws)
  expectRows(weights, `blinks.${name}.blinked`)
  if (name !== 'short') expect(draws.left()).toBe(0)
})

it('moves the brows of a recording', () => {
  const weights = rows('brows.weights')
  moveBrows(weights, tensor('brows.volume'), drawsOf('brows.draws'))
  expectRows(weights, 'brows.raised')
})

it('does with a recording what the original does, step by step', () => {
  const weights = rows('offline.raw')
  const volumes = frameVolumes(tensor('audio'), 16_000)
  expectVolumes(volumes, 'offline.volume')
  dampSilences(weights, volumes, 0)
  expectRows(weights, 'offline.damped')
  moveBrows(weights, volumes, drawsOf('offline.brows.draws'))
  expectRows(weights, 'offline.brows')
  const smooth = smoothed(weights)
  expectRows(smooth, 'offline.smoothed')
  symmetrise(smooth, ALL_PAIRS)
  expectRows(smooth, 'offline.symmetric')
  blink(smooth, drawsOf('offline.blinked.draws'))
  expectRows(smooth, 'offline.blinked')
})

it('puts the steps of a recording together', () => {
  const draws = { brows: drawsOf('offline.brows.draws'), blinks: drawsOf('offline.blinked.draws') }
  const options = { quietMouth: true, moveBrows: true }
  const volumes = frameVolumes(tensor('audio'), 16_000)
  expectRows(referenceRecording(rows('offline.raw'), volumes, options, draws), 'offline.blinked')
})

/** Chunks of 1, 1, 0.5 and 0.5 s. */
const CHUNKS = [0, 16_000, 32_000, 40_000, 48_000]

it('does with a stream what the original does, step by step', () => {
  let before: Float32Array[] = []
  let heard: number[] = []
  for (const [k, start] of CHUNKS.slice(0, -1).entries()) {
    const volumes = frameVolumes(tensor('audio').subarray(start, CHUNKS[k + 1]), 16_000)
    expectVolumes(volumes, `stream.${k}.volume`)
    heard = [...heard, ...volumes]
    const weights = [...before.map((row) => row.slice()), ...rows(`stream.${k}.raw`)]
    dampSilences(weights, Float32Array.from(heard), before.length)
    expectRows(weights, `stream.${k}.damped`)
    crossFade(weights, before.length)
    expectRows(weights, `stream.${k}.faded`)
    const smooth = smoothed(weights)
    expectRows(smooth, `stream.${k}.smoothed`)
    symmetrise(smooth, ALL_PAIRS)
    expectRows(smooth, `stream.${k}.symmetric`)
    before = [...before, ...smooth.slice(before.length)].slice(-64)
    heard = heard.slice(-64)
  }
})

it('puts the steps together, with no other blinks than the network’s', () => {
  // A pause that is too long for any chunk: nothing blinks.
  const chain = new ReferenceChain(drawsFrom(() => 0.999))
  const given = CHUNKS.slice(0, -1).flatMap((start, k) => {
    const volumes = frameVolumes(tensor('audio').subarray(start, CHUNKS[k + 1]), 16_000)
    return chain.process(rows(`stream.${k}.raw`), volumes)
  })
  expectRows(given, 'stream.given')
})

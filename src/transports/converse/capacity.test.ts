import { setImmediate as soon } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CancelledError, InferenceError } from '../../errors.js'
import { measureCapacity } from './capacity.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import { DEFAULT_CONVERSATIONS } from './seats.js'

/** A line on which a tenth of a second of speech costs so many microseconds of a clock that only it moves. */
function lineThatCosts(microseconds: number): {
  readonly line: ScriptedLine
  readonly clock: { now(): number }
} {
  const line = new ScriptedLine({ seconds: 3 })
  let now = 0
  line.beforePacket = async () => {
    // The frames of the packet before leave first.
    await soon()
    now += microseconds
  }
  return { line, clock: { now: () => now } }
}

describe('the capacity of a machine', () => {
  it('is what it makes in a second, less what is to spare', async () => {
    const { line, clock } = lineThatCosts(13_000)
    const { conversations, why } = await measureCapacity(line.catalogue, { clock })
    // 7.7 × real time, of which 70 % are 5.4.
    expect(conversations).toBe(5)
    expect(why).toMatch(/^\d\.\d × real time at 64×64, 30 frames a second, 30 % to spare$/)
    expect(line.open).toBe(0)
  })

  it('is one where the machine is slower than speech', async () => {
    const { line, clock } = lineThatCosts(1_000_000)
    expect(await measureCapacity(line.catalogue, { clock })).toMatchObject({ conversations: 1 })
  })

  it('is not measured where other servers do the work', async () => {
    const line = new ScriptedLine()
    const catalogue = {
      ...line.catalogue,
      engines: { ...line.catalogue.engines, video: 'remote ws://face:8765' },
    }
    const capacity = await measureCapacity(catalogue)
    expect(capacity.conversations).toBe(DEFAULT_CONVERSATIONS)
    expect(line.made).toBe(0)
  })

  it('fails with the engine that fails, and stops with its signal', async () => {
    const { line, clock } = lineThatCosts(13_000)
    const stop = new AbortController()
    line.beforePacket = () => {
      stop.abort(new CancelledError('The server stops.'))
    }
    await expect(measureCapacity(line.catalogue, { clock, signal: stop.signal })).rejects.toThrow(
      'The server stops.',
    )
    line.beforePacket = () => {
      throw new InferenceError('The voice broke.')
    }
    await expect(measureCapacity(line.catalogue, { clock })).rejects.toThrow('The voice broke.')
    expect(line.open).toBe(0)
  })
})

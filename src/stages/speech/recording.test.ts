import { lastValueFrom, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import { Turn } from '../../pipeline/turn.js'
import { recordingSource } from './recording.js'

/** Chunks of the given lengths in which the samples count up; `log.made` counts chunks, `log.ended` the real end. */
function counting(lengths: readonly number[], log = { made: 0, ended: false }) {
  return async function* (): AsyncGenerator<Float32Array> {
    let position = 0
    try {
      for (const length of lengths) {
        log.made += 1
        yield Float32Array.from({ length }, (_, index) => position + index)
        position += length
      }
    } finally {
      log.ended = true
    }
  }
}

describe('recordingSource', () => {
  it('cuts chunks of any length into packets of 100 ms, the last one shorter', async () => {
    const turn = new Turn({ id: 'turn-1' })
    const lengths = [1, 999, 4000, 0, 1600, 1601]
    const packets = await lastValueFrom(recordingSource(turn, counting(lengths), 16_000).pipe(toArray()))
    expect(packets.map(({ samples }) => samples.length)).toEqual([1600, 1600, 1600, 1600, 1600, 201])
    let position = 0
    for (const { samples, timestamp, duration, phonemes } of packets) {
      expect(samples[0]).toBe(position)
      expect(timestamp).toBe((position * 1_000_000) / 16_000)
      position += samples.length
      expect(timestamp + duration).toBe(Math.round((position * 1_000_000) / 16_000))
      expect(phonemes).toBeUndefined()
    }
    expect(position).toBe(8201)
  })

  it('does not drift at a rate that is no multiple of the packet', async () => {
    const turn = new Turn({ id: 'turn-1', windowSpan: Infinity })
    const packets = await lastValueFrom(
      recordingSource(turn, counting([44_100 * 7]), 44_100, 33).pipe(toArray()),
    )
    for (const [index, packet] of packets.entries()) {
      const next = packets[index + 1]
      expect(packet.timestamp + packet.duration).toBe(next?.timestamp ?? 7_000_000)
    }
  })

  it('reads no further than the flow window lets it', async () => {
    const turn = new Turn({ id: 'turn-1', windowSpan: 500_000 })
    const branch = turn.window.branch('sink')
    const log = { made: 0, ended: false }
    const seen: number[] = []
    const done = new Promise<void>((resolve) => {
      recordingSource(
        turn,
        counting(
          Array.from({ length: 100 }, () => 1600),
          log,
        ),
        16_000,
      ).subscribe({
        next: ({ timestamp }) => seen.push(timestamp),
        complete: resolve,
      })
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen).toHaveLength(5)
    expect(log.made).toBeLessThanOrEqual(7)
    branch.advance(300_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen).toHaveLength(8)
    branch.close()
    await done
    expect(seen).toHaveLength(100)
  })

  it('ends the decoder when the turn is cancelled, or nobody listens any more', async () => {
    const cancelled = new Turn({ id: 'turn-1', windowSpan: 200_000 })
    cancelled.window.branch('sink')
    const log = { made: 0, ended: false }
    const lengths = Array.from({ length: 100 }, () => 1600)
    const failure = lastValueFrom(recordingSource(cancelled, counting(lengths, log), 16_000))
    const rejected = expect(failure).rejects.toThrow(/cancelled/)
    await new Promise((resolve) => setTimeout(resolve, 10))
    cancelled.cancel()
    await rejected
    await cancelled.ended()
    expect(log.ended).toBe(true)

    const turn = new Turn({ id: 'turn-2' })
    const left = { made: 0, ended: false }
    await lastValueFrom(recordingSource(turn, counting(lengths, left), 16_000).pipe(take(2)))
    await turn.ended()
    expect(left.ended).toBe(true)
    expect(left.made).toBeLessThan(6)
  })

  it('refuses a rate that cannot be', () => {
    const turn = new Turn({ id: 'turn-1' })
    expect(() => recordingSource(turn, counting([]), 0)).toThrow(InputError)
    expect(() => recordingSource(turn, counting([]), 16_000, 0)).toThrow(/16000 Hz in packets of 0 ms/)
  })
})

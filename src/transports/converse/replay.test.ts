import { describe, expect, it } from 'vitest'
import { Replay } from './replay.js'

/** All that is sent now, packets as their first byte. */
function drain(replay: Replay): (string | number)[] {
  const all: (string | number)[] = []
  for (let one = replay.next(); one !== undefined; one = replay.next()) {
    all.push(typeof one.data === 'string' ? one.data : one.data[0]!)
  }
  return all
}

const packet = (name: number, bytes = 10): { data: Uint8Array } => ({
  data: new Uint8Array(bytes).fill(name),
})

describe('what a client missed', () => {
  it('is sent again in its order, once each time it is missed, and what waits after it', () => {
    const replay = new Replay()
    for (const one of [{ data: 'a' }, packet(1), packet(2), { data: 'b' }]) replay.push(one)
    expect(drain(replay)).toEqual(['a', 1, 2, 'b'])
    expect(replay.sent).toBe(4)
    replay.push(packet(3))
    expect(replay.rewind(2)).toBe(false)
    expect(drain(replay)).toEqual([2, 'b', 3])
    expect(replay.rewind(4)).toBe(false)
    expect(drain(replay)).toEqual([3])
    expect(replay.rewind(5)).toBe(false)
    expect([drain(replay), replay.sent]).toEqual([[], 5])
  })

  it('is known to be taken when the client says that it has it', () => {
    const replay = new Replay()
    const taken: string[] = []
    for (const data of ['a', 'b']) replay.push({ data, taken: () => taken.push(data) })
    drain(replay)
    replay.rewind(1)
    expect(taken).toEqual(['a'])
  })

  it('is lost where packets had to make room: the words are left, and are counted from there on', () => {
    const replay = new Replay(25)
    for (const one of [{ data: 'a' }, packet(1), packet(2), { data: 'b' }, packet(3), packet(4)]) {
      replay.push(one)
    }
    drain(replay)
    expect(replay.rewind(4)).toBe(false)
    expect(drain(replay)).toEqual([3, 4])
    expect(replay.rewind(0)).toBe(true)
    expect([drain(replay), replay.sent]).toEqual([[3, 4], 2])
    expect(replay.rewind(1)).toBe(false)
    expect(drain(replay)).toEqual([4])
  })

  it('is bounded for packets and for words, however long it goes on', () => {
    const replay = new Replay(1000)
    for (let index = 0; index < 40_000; index += 1) {
      replay.push(index % 2 === 0 ? packet(index % 256, 100) : { data: 'x'.repeat(100) })
      replay.next()
    }
    expect(replay.rewind(0)).toBe(true)
    const left = drain(replay)
    expect(left.filter((one) => typeof one === 'number')).toHaveLength(10)
    expect(left.filter((one) => typeof one === 'string')).toHaveLength(Math.floor(1_048_576 / 100))
  })
})

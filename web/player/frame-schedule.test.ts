import { describe, expect, it } from 'vitest'
import { FrameSchedule } from './frame-schedule.js'

const FRAME = 40_000
const JPEG = new Uint8Array(1)

class Picture {
  closed = false
  close(): void {
    this.closed = true
  }
}

function scheduleOf(frames: number, { capacity = 100, decoded = 4 } = {}): FrameSchedule<Picture> {
  const schedule = new FrameSchedule<Picture>({ capacity, decoded, early: 8_000 })
  for (let index = 0; index < frames; index += 1) schedule.push(index * FRAME, FRAME, JPEG)
  return schedule
}

/** Decodes all that may be; returns the pictures by timestamp. */
function decodeAll(schedule: FrameSchedule<Picture>, now = 0): Map<number, Picture> {
  const pictures = new Map<number, Picture>()
  for (let frame = schedule.nextToDecode(now); frame !== undefined; frame = schedule.nextToDecode(now)) {
    const picture = new Picture()
    schedule.decoded(frame, picture)
    pictures.set(frame.timestamp, picture)
  }
  return pictures
}

describe('FrameSchedule', () => {
  it('draws each frame when it is due, once', () => {
    const schedule = scheduleOf(3)
    decodeAll(schedule)
    expect(schedule.due(0)?.timestamp).toBe(0)
    expect(schedule.due(31_000)).toBeUndefined()
    expect(schedule.due(33_000)?.timestamp).toBe(FRAME)
    expect(schedule.due(79_000)?.timestamp).toBe(2 * FRAME)
    expect(schedule.due(1e6)).toBeUndefined()
    expect(schedule.dropped).toBe(0)
  })

  it('draws the newest that is due, and closes those whose time has passed', () => {
    const schedule = scheduleOf(4)
    const pictures = decodeAll(schedule)
    expect(schedule.due(2 * FRAME)?.timestamp).toBe(2 * FRAME)
    expect([...pictures.values()].map(({ closed }) => closed)).toEqual([true, true, false, false])
    expect(schedule.dropped).toBe(2)
    expect(schedule.waiting).toBe(1)
  })

  it('keeps the frame before one that is not decoded yet', () => {
    const schedule = scheduleOf(2)
    const first = schedule.nextToDecode()!
    schedule.decoded(first, new Picture())
    expect(schedule.due(FRAME)?.timestamp).toBe(0)
    expect(schedule.due(FRAME)).toBeUndefined()
    decodeAll(schedule, FRAME)
    expect(schedule.due(FRAME)?.timestamp).toBe(FRAME)
  })

  it('decodes a few ahead, and no more', () => {
    const schedule = scheduleOf(50)
    expect([...decodeAll(schedule).keys()]).toEqual([0, FRAME, 2 * FRAME, 3 * FRAME])
    schedule.due(0)
    expect(schedule.nextToDecode(0)?.timestamp).toBe(4 * FRAME)
    expect(schedule.nextToDecode(0)).toBeUndefined()
  })

  it('does not decode what is late already, but does decode the last there is', () => {
    const schedule = scheduleOf(10)
    expect(schedule.nextToDecode(6.5 * FRAME)?.timestamp).toBe(6 * FRAME)
    const late = scheduleOf(3)
    expect(late.nextToDecode(100 * FRAME)?.timestamp).toBe(2 * FRAME)
  })

  it('is bounded: the oldest gives way', () => {
    const schedule = scheduleOf(8, { capacity: 5 })
    expect(schedule.waiting).toBe(5)
    expect(schedule.dropped).toBe(3)
    expect(schedule.nextToDecode()?.timestamp).toBe(3 * FRAME)
  })

  it('closes all it holds when it is cleared, and what is decoded after that', () => {
    const schedule = scheduleOf(3)
    const ready = new Picture()
    schedule.decoded(schedule.nextToDecode()!, ready)
    const underway = schedule.nextToDecode()!
    schedule.clear()
    expect(ready.closed).toBe(true)
    const late = new Picture()
    expect(schedule.decoded(underway, late)).toBe(false)
    expect(late.closed).toBe(true)
    expect(schedule.waiting).toBe(0)
  })

  it('goes on after a frame that cannot be decoded', () => {
    const schedule = scheduleOf(2)
    schedule.failed(schedule.nextToDecode()!)
    decodeAll(schedule)
    expect(schedule.due(FRAME)?.timestamp).toBe(FRAME)
    expect(schedule.dropped).toBe(1)
  })
})

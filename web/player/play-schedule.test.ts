import { describe, expect, it } from 'vitest'
import { PlaySchedule } from './play-schedule.js'

const LEAD = 0.1

describe('PlaySchedule', () => {
  it('plays piece after piece, without a gap, beginning when enough is there', () => {
    const schedule = new PlaySchedule(LEAD)
    expect(schedule.at(5)).toBeUndefined()
    expect(schedule.place(0, 0.5, 5)).toBeCloseTo(5.1)
    expect(schedule.place(0.5, 0.5, 5.05)).toBeCloseTo(5.6)
    expect(schedule.at(5)?.position).toBeCloseTo(-0.1)
    expect(schedule.at(5.4)).toEqual({
      position: expect.closeTo(0.3) as number,
      waiting: expect.closeTo(0.7) as number,
      playing: true,
    })
  })

  it('stands still while it has nothing to play, and goes on where it was', () => {
    const schedule = new PlaySchedule(LEAD)
    schedule.place(0, 0.5, 5)
    expect(schedule.at(9)).toEqual({ position: 0.5, waiting: 0, playing: false })
    expect(schedule.place(0.5, 0.5, 9)).toBeCloseTo(9.1)
    expect(schedule.at(9.2)?.position).toBeCloseTo(0.6)
  })

  it('keeps the pauses between pieces', () => {
    const schedule = new PlaySchedule(LEAD)
    schedule.place(0, 0.5, 5)
    expect(schedule.place(0.8, 0.5, 5.2)).toBeCloseTo(5.9)
  })

  it('goes on in silence when nothing more comes', () => {
    const schedule = new PlaySchedule(LEAD)
    schedule.place(0, 0.5, 5)
    schedule.end()
    expect(schedule.at(6)).toEqual({ position: expect.closeTo(0.9) as number, waiting: 0, playing: true })
  })
})

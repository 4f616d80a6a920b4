import { describe, expect, it } from 'vitest'
import type { SettingChange, Settings, StreamName } from '../../client/protocol.js'
import { changed, DEFAULT_SETTINGS, effectsOf } from './settings.js'
import { madeStreams } from './stages.js'

const settings: Settings = { ...DEFAULT_SETTINGS, fps: 25, size: 512 }
const here = { motion: true, frames: true }
const farFace = { motion: false, frames: false }
const farPictures = { motion: true, frames: false }
const all: readonly StreamName[] = ['audio', 'motion', 'frames']
const everything: SettingChange = {
  avatar: 'ann',
  quality: 50,
  fps: 30,
  size: 256,
  idle: true,
  voice: { rate: 1.2 },
  emotion: 'contempt',
  streams: ['frames'],
}

describe('the effects of a change', () => {
  it('are live in a turn whose stages are made here', () => {
    expect(effectsOf(settings, everything, { running: all, live: here })).toEqual({
      avatar: 'next-packet',
      quality: 'next-packet',
      fps: 'next-packet',
      size: 'next-packet',
      idle: 'next-packet',
      voice: 'next-clause',
      emotion: 'next-clause',
      streams: 'next-packet',
    })
  })

  it('wait for the next turn where a server draws, or moves, the face', () => {
    const pictures = effectsOf(settings, everything, { running: ['audio', 'motion'], live: farPictures })
    expect(pictures).toMatchObject({ avatar: 'next-turn', streams: 'next-turn', emotion: 'next-clause' })
    const face = effectsOf(settings, everything, { running: ['audio'], live: farFace })
    expect(face).toMatchObject({ size: 'next-turn', emotion: 'next-turn', voice: 'next-clause' })
    expect(effectsOf(settings, { emotion: 'happy' }, { running: all, live: farFace })).toEqual({
      emotion: 'next-clause',
    })
  })

  it('show between turns on a face that lives on, and on no other', () => {
    const resting = effectsOf(
      settings,
      { size: 256, voice: { pitch: 1 }, emotion: 'sad' },
      { running: undefined, live: here },
    )
    expect(resting).toEqual({ size: 'next-turn', voice: 'next-turn', emotion: 'next-turn' })
    const alive = effectsOf(
      { ...settings, idle: true },
      { size: 256, voice: { pitch: 1 }, emotion: 'sad' },
      { running: undefined, live: here },
    )
    expect(alive).toEqual({ size: 'next-packet', voice: 'next-turn', emotion: 'next-packet' })
  })

  it('are told of what was changed alone', () => {
    expect(effectsOf(settings, { quality: 10 }, { running: all, live: here })).toEqual({
      quality: 'next-packet',
    })
    expect(changed(settings, { voice: { pitch: 2 } })).toEqual({ ...settings, voice: { rate: 1, pitch: 2 } })
  })
})

describe('the streams of a turn', () => {
  it('are those that are wanted, and those that may be switched on while it speaks', () => {
    const quiet: Settings = { ...settings, streams: ['audio'] }
    expect(madeStreams(quiet)).toEqual(['audio'])
    expect(madeStreams(quiet, here)).toEqual(all)
    expect(madeStreams(quiet, farPictures)).toEqual(['audio', 'motion'])
    expect(madeStreams({ ...settings, streams: ['frames'] }, farFace)).toEqual(['audio', 'frames'])
  })
})

import { describe, expect, it } from 'vitest'
import { CaptionTrack } from './caption-track.js'

const SECOND = 1_000_000

function trackOf(...texts: readonly string[]): CaptionTrack {
  const track = new CaptionTrack()
  for (const [index, text] of texts.entries()) {
    track.add({ index, text, timestamp: index * 2 * SECOND, duration: SECOND })
  }
  return track
}

describe('CaptionTrack', () => {
  it('shows what is being said, and keeps it through the pause after it', () => {
    const track = trackOf('one', 'two')
    expect(new CaptionTrack().at(0)).toBeUndefined()
    expect(track.at(0.5 * SECOND)?.caption.text).toBe('one')
    expect(track.at(1.9 * SECOND)).toMatchObject({ caption: { text: 'one' }, said: 3 })
    expect(track.at(2 * SECOND)?.caption.text).toBe('two')
  })

  it('lights each word up as it begins', () => {
    const text = 'The quick brown fox'
    const said = [0, 0.01, 0.2, 0.4, 0.8, 1].map((share) => {
      const now = trackOf(text).at(share * SECOND)!
      return text.slice(0, now.said)
    })
    expect(said).toEqual(['', 'The', 'The quick', 'The quick', text, text])
  })

  it('counts Chinese in characters', () => {
    expect(trackOf('春眠不觉晓').at(0.5 * SECOND)?.said).toBe(3)
  })

  it('goes by a guess until the duration comes', () => {
    const track = new CaptionTrack()
    track.add({ index: 0, text: 'Hello there', timestamp: 0 })
    const guessed = track.at(0.3 * SECOND)!.said
    expect(guessed).toBe(5)
    track.add({ index: 0, text: 'Hello there', timestamp: 0, duration: 0.3 * SECOND })
    expect(track.at(0.3 * SECOND)?.said).toBe(11)
  })

  it('takes captions in any order', () => {
    const track = new CaptionTrack()
    track.add({ index: 1, text: 'b', timestamp: SECOND, duration: SECOND })
    track.add({ index: 0, text: 'a', timestamp: 0, duration: SECOND })
    expect(track.at(0)?.caption.text).toBe('a')
    expect(track.at(SECOND)?.caption.text).toBe('b')
  })
})

import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import type { FilmEmotion, FilmSettings } from './film.js'
import { checkFilmSettings, FILM_RANGES } from './settings.js'

const SETTINGS: FilmSettings = {
  emotion: 'happy',
  refScale: 3,
  emoScale: 6,
  crop: false,
  inferenceSteps: 20,
  fps: 24,
  seed: 0,
  dynamicScale: 1,
  minResolution: 256,
  expandRatio: 0.5,
}

describe('checkFilmSettings', () => {
  it('takes the defaults, and every number at both ends of its range', () => {
    checkFilmSettings(SETTINGS)
    for (const [name, { least, most }] of Object.entries(FILM_RANGES)) {
      checkFilmSettings({ ...SETTINGS, [name]: least })
      checkFilmSettings({ ...SETTINGS, [name]: most })
    }
  })

  it.each(Object.entries(FILM_RANGES))('refuses a %s out of its range, and names it', (name, range) => {
    for (const value of [range.least - 0.01, range.most + 1, NaN]) {
      expect(() => {
        checkFilmSettings({ ...SETTINGS, [name]: value })
      }).toThrow(new InputError(wrong(name, value, range)))
    }
  })

  it.each(['inferenceSteps', 'fps', 'seed', 'minResolution'])('takes a %s without fraction only', (name) => {
    const value = FILM_RANGES[name as 'fps'].least + 0.5
    expect(() => {
      checkFilmSettings({ ...SETTINGS, [name]: value })
    }).toThrow(`${name} is ${value}; it must be a whole number`)
  })

  it('refuses an emotion that there is none of', () => {
    expect(() => {
      checkFilmSettings({ ...SETTINGS, emotion: 'bored' as FilmEmotion })
    }).toThrow('emotion is "bored"; it must be one of contempt, sad, happy')
  })
})

function wrong(name: string, value: number, range: (typeof FILM_RANGES)[keyof typeof FILM_RANGES]): string {
  const whole = 'whole' in range ? 'whole ' : ''
  return `${name} is ${value}; it must be a ${whole}number from ${range.least} to ${range.most}.`
}

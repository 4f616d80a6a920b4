import { InputError } from '../../errors.js'
import { FILM_EMOTIONS, type FilmSettings } from './film.js'

interface Range {
  readonly least: number
  readonly most: number
  readonly whole?: true
}

/** What the numbers of a film may be. */
export const FILM_RANGES = {
  refScale: { least: 0, most: 10 },
  emoScale: { least: 0, most: 10 },
  inferenceSteps: { least: 8, most: 50, whole: true },
  duration: { least: 0.1, most: 300 },
  fps: { least: 8, most: 60, whole: true },
  seed: { least: 0, most: 2_147_483_647, whole: true },
  dynamicScale: { least: 0.1, most: 3 },
  minResolution: { least: 128, most: 2048, whole: true },
  expandRatio: { least: 0.1, most: 2 },
} as const satisfies Partial<Record<keyof FilmSettings, Range>>

/** @throws InputError that names the first setting out of its range. */
export function checkFilmSettings(settings: FilmSettings): void {
  if (!FILM_EMOTIONS.includes(settings.emotion)) {
    throw new InputError(`emotion is "${settings.emotion}"; it must be one of ${FILM_EMOTIONS.join(', ')}.`)
  }
  for (const [name, range] of Object.entries<Range>(FILM_RANGES)) {
    const value = settings[name as keyof typeof FILM_RANGES]
    if (value === undefined) continue
    const { least, most, whole } = range
    if (value >= least && value <= most && (whole === undefined || Number.isInteger(value))) continue
    throw new InputError(
      `${name} is ${value}; it must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`,
    )
  }
}

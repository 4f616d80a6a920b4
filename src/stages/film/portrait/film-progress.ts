import type { FilmOptions } from '../film.js'

/** Where the parts of the work end, as shares of its time: about those of a film of ten seconds. */
const PREPARED = 0.1
const GENERATED = 0.95

/** How far a film is, in one number that never falls. */
export class FilmProgress {
  readonly #tell: NonNullable<FilmOptions['onProgress']> | undefined
  #done = 0

  constructor(tell: FilmOptions['onProgress']) {
    this.#tell = tell
  }

  /** @param share 0–1 of this part of the work */
  preparing(share: number): void {
    this.#report(PREPARED * share, 'Preparing portrait')
  }

  /** @param share 0–1 of this part of the work */
  generating(share: number): void {
    this.#report(PREPARED + (GENERATED - PREPARED) * Math.min(1, share), 'Generating video...')
  }

  encoding(): void {
    this.#report(GENERATED, 'Encoding')
  }

  finished(): void {
    this.#report(1, 'Encoding')
  }

  #report(done: number, doing: string): void {
    this.#done = Math.max(this.#done, done)
    this.#tell?.(this.#done, doing)
  }
}

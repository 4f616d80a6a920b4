/** Milliseconds for which the room still sounds after the face has fallen silent. */
const ECHO = 300

/**
 * Keeps what the browser recognised of the face's own voice from being taken for the visitor's: speech that began while
 * the face spoke counts only when the server, which knows what the face says, heard somebody else break in. Times are
 * those of `performance.now()`.
 */
export class OwnVoice {
  #speaking = false
  #silentSince = -Infinity
  /** Whether the speech that is being recognised may be the face's own. */
  #doubtful = false

  /** The face speaks, or has stopped. */
  face(speaking: boolean, at: number): void {
    if (this.#speaking && !speaking) this.#silentSince = at
    this.#speaking = speaking
  }

  /** Speech began, as the browser hears it. */
  began(at: number): void {
    this.#doubtful = this.#speaking || at - this.#silentSince < ECHO
  }

  /** The server has heard somebody break in. */
  brokenInto(): void {
    this.#doubtful = false
  }

  /**
   * What was recognised has been handed over.
   * @returns whether it is the visitor's
   */
  accepts(at: number): boolean {
    const isVisitors = !this.#doubtful
    // Speech may go on into the next result without beginning again.
    this.began(at)
    return isVisitors
  }
}

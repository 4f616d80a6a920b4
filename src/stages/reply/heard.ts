import { endOf } from '../../pipeline/packet.js'
import type { Microseconds } from '../../pipeline/time.js'
import { speakingLength, widthAt } from '../text/boundary.js'

/** A clause with its place in the sound of its turn. */
export interface Caption {
  readonly text: string
  readonly timestamp: Microseconds
  readonly duration: Microseconds
}

/** Where a text may be cut: behind a space, and around characters of the scripts that are written without any. */
const BETWEEN_WORDS = /\s|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。！？、；：]/u

/**
 * What a listener has heard of an answer: the clauses before the playhead, and of the one that was cut off the whole
 * words that fit, by the time that their letters take to say.
 *
 * @param captions in order
 * @param playhead what was played, in the turn's time
 */
export function heardText(captions: readonly Caption[], playhead: Microseconds): string {
  const heard: string[] = []
  for (const caption of captions) {
    if (caption.timestamp >= playhead) break
    heard.push(endOf(caption) <= playhead ? caption.text : beginningOf(caption, playhead))
  }
  return heard
    .join(' ')
    .replace(/([，。！？、；：]) /g, '$1')
    .trim()
}

function beginningOf({ text, timestamp, duration }: Caption, playhead: Microseconds): string {
  let whole = 0
  for (const character of text) whole += speakingLength(character)
  const said = (whole * (playhead - timestamp)) / duration
  let length = 0
  let end = 0
  for (let at = 0; at < text.length; at += widthAt(text, at)) {
    const character = text.slice(at, at + widthAt(text, at))
    if (BETWEEN_WORDS.test(character)) end = at
    length += speakingLength(character)
    if (length > said) break
  }
  return text.slice(0, end)
}

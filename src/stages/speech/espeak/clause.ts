import { cleanText } from '../../text/clean.js'
import { withoutDecoration } from '../../text/decoration.js'
import { mainLanguage, splitLanguages } from '../../text/language.js'
import { DEFAULT_MAX_LENGTH, segment } from '../../text/segment.js'
import { spellOut } from '../../text/spelling.js'
import { pauseAfter } from '../pauses.js'
import { fillGaps } from './mandarin-gaps.js'

/** What espeak is given in one call: plain text of one language, then a pause. */
export interface SpokenRun {
  readonly language: string
  readonly text: string
  /** Milliseconds of silence after it, at normal speed. */
  readonly pause: number
}

/** Between two languages within a clause. */
const PAUSE_AT_SWITCH = 35

/** A comma holds the melody up: the sentence goes on in another language. */
const ENDS_WITH_MARK = /[.,!?;:。，、；：！？]["'”’)）]*$/

/**
 * Cuts a clause into what espeak can say in one go, in order.
 *
 * A text that was not cut into clauses is cut here: a call of espeak cannot be stopped by a cancelled turn.
 * @param preferred language of a text without letters
 */
export function* runsOf(text: string, preferred?: string): Generator<SpokenRun> {
  const clauses = segment(cleanText(text), { firstLength: DEFAULT_MAX_LENGTH, maxLength: DEFAULT_MAX_LENGTH })
  const language = preferred ?? mainLanguage(text)
  for (const clause of clauses) {
    const runs = splitLanguages(withoutDecoration(clause), language)
      .map((run) => ({ ...run, text: spellOut(run.text, run.language) }))
      .filter((run) => run.text !== '')
    for (const [index, run] of runs.entries()) {
      const isLast = index === runs.length - 1
      const marked = isLast || ENDS_WITH_MARK.test(run.text) ? run.text : `${run.text},`
      const readable = run.language === 'zh' ? fillGaps(marked) : marked
      yield {
        language: run.language,
        text: readable,
        pause: isLast ? pauseAfter(clause) : pauseAtSwitch(run.text),
      }
    }
  }
}

function pauseAtSwitch(run: string): number {
  return ENDS_WITH_MARK.test(run) ? pauseAfter(run) : PAUSE_AT_SWITCH
}

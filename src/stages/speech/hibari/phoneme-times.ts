import type { SpokenPhoneme } from '../spoken.js'
import type { SoundRange } from './sound-range.js'
import { HOP } from './spectra.js'

/** The alphabet's single letters for what IPA writes with two, and its symbols that IPA does not have. */
const IPA: Readonly<Record<string, string>> = {
  A: 'eɪ',
  I: 'aɪ',
  O: 'oʊ',
  Q: 'əʊ',
  W: 'aʊ',
  Y: 'ɔɪ',
  T: 'ɾ',
  ʤ: 'dʒ',
  ʧ: 'tʃ',
  ʦ: 'ts',
  ʣ: 'dz',
  ʨ: 'tɕ',
  ʥ: 'dʑ',
  ᵊ: 'ə',
  ᵻ: 'ɪ',
}

/** Stress marks have a time of their own, which belongs to the phoneme that follows. */
const STRESS = /^[ˈˌ]$/u
/** Signs that lengthen or colour the phoneme before them. */
const SIGNS = new Set(['ː', 'ʰ', 'ʲ', '\u0303'])
const MARK = /^[;:,.!?—…"()“” ↓→↗↘]$/u
const PAUSE = ''
/** A space between two words is a pause only from here on; else half of it belongs to each word. Frames. */
const SHORTEST_PAUSE = 6

/**
 * When each phoneme of a phrase sounds.
 *
 * @param phonemes symbols of the voice's alphabet
 * @param durations frames of each symbol, with one more at each end for the silence there
 * @param range the frames that are heard; all times count from its beginning, and cover it without a gap
 * @param lead frames, whole or not, by which sound comes before its time in `durations`
 */
export function phonemeTimes(
  phonemes: string,
  durations: readonly number[],
  range: SoundRange,
  lead: number,
): SpokenPhoneme[] {
  let clock = durations[0]! - lead
  const spans: Span[] = [{ symbol: PAUSE, end: clock }]
  for (const [index, symbol] of Array.from(phonemes).entries()) {
    const frames = durations[index + 1]!
    clock += frames
    // What is not pushed belongs to the span that follows, which begins where the last one ends.
    if (STRESS.test(symbol)) continue
    const last = spans.at(-1)!
    if (SIGNS.has(symbol)) last.end = clock
    else if (symbol === ' ' && frames < SHORTEST_PAUSE) {
      // After a mark it is a part of the pause.
      last.end = last.symbol === PAUSE ? clock : clock - frames / 2
    } else spans.push({ symbol: MARK.test(symbol) ? PAUSE : (IPA[symbol] ?? symbol), end: clock })
  }
  spans.push({ symbol: PAUSE, end: range.to })
  return within(spans, range)
}

/** The part of the spans that lies within a range, as phonemes; pauses that follow each other become one. */
function within(spans: readonly Span[], { from, to }: SoundRange): SpokenPhoneme[] {
  const phonemes: SpokenPhoneme[] = []
  const length = (to - from) * HOP
  let position = 0
  for (const { symbol, end } of spans) {
    const stop = Math.min(length, Math.round((end - from) * HOP))
    if (stop <= position) continue
    const last = phonemes.at(-1)
    if (symbol === PAUSE && last?.symbol === PAUSE) {
      phonemes[phonemes.length - 1] = { ...last, length: stop - last.start }
    } else {
      phonemes.push({ symbol, start: position, length: stop - position })
    }
    position = stop
  }
  return phonemes
}

interface Span {
  readonly symbol: string
  /** Frames; a span begins where the one before it ends. */
  end: number
}

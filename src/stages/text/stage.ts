import type { TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import { defineStage, type Stage } from '../../pipeline/stage.js'
import { cleanText } from './clean.js'
import { checkLength, countCharacters, DEFAULT_MAX_CHARACTERS, nothingToSpeak } from './limit.js'
import { Segmenter, type SegmentOptions } from './segment.js'

export interface SegmentTextOptions extends SegmentOptions {
  /** Most characters of one turn's text, over all its packets. Default {@link DEFAULT_MAX_CHARACTERS}. */
  readonly maxCharacters?: number
}

interface State {
  readonly segmenter: Segmenter
  /** What the text that waits in the segmenter came with. */
  source: TextPacket | undefined
  characters: number
  hasSpoken: boolean
}

/**
 * Text in, one packet for each clause or sentence out: see {@link Segmenter}.
 *
 * The packets of a turn are the pieces of one text, cut wherever its writer paused: a segment may begin in one and
 * end in another. Where the voice or the language changes, a segment ends. Position and duration stay those of the
 * packet that a segment came with: only speech gives text a place in time.
 *
 * The stream fails with an InputError when the text is too long (at the packet that makes it so) or when nothing in
 * it can be spoken (at its end).
 */
export function segmentText(options: SegmentTextOptions = {}): Stage<TextPacket, TextPacket> {
  const maxCharacters = options.maxCharacters ?? DEFAULT_MAX_CHARACTERS
  return defineStage<TextPacket, TextPacket, State>({
    name: 'segment',
    state: () => ({
      segmenter: new Segmenter(options),
      source: undefined,
      characters: 0,
      hasSpoken: false,
    }),
    *process(packet, state) {
      state.characters += countCharacters(packet.text)
      checkLength(state.characters, maxCharacters)
      if (state.source !== undefined && !isSameVoice(state.source, packet)) {
        yield* packetsOf(state.segmenter.flush(), state)
      }
      state.source = packet
      yield* packetsOf(state.segmenter.push(cleanText(packet.text)), state)
    },
    *flush(state) {
      yield* packetsOf(state.segmenter.flush(), state)
      if (!state.hasSpoken) throw nothingToSpeak()
    },
  })
}

function* packetsOf(segments: readonly string[], state: State): Generator<TextPacket> {
  const { source } = state
  if (source === undefined) return
  for (const text of segments) {
    state.hasSpoken = true
    yield { ...source, text }
  }
}

function isSameVoice(a: TextPacket, b: TextPacket): boolean {
  return a.language === b.language && (a.voice === b.voice || isSameStyle(a.voice ?? {}, b.voice ?? {}))
}

function isSameStyle(a: VoiceStyle, b: VoiceStyle): boolean {
  if (a.rate !== b.rate || a.pitch !== b.pitch || a.emotion?.length !== b.emotion?.length) return false
  return a.emotion?.every((strength, index) => strength === b.emotion?.[index]) ?? true
}

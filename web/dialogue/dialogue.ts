import type { TurnSource } from 'phiz/client'
import type { CaptionNow } from '../captions/caption-track.js'
import type { DialogueView, Row } from './dialogue-view.js'
import { HeardText } from './heard-text.js'

/** What the face says in one turn. */
interface Saying {
  readonly turn: number
  readonly text: HeardText
  readonly row: Row
}

/** What was said by both, as far as it was heard. */
export class Dialogue {
  readonly #view: DialogueView
  #saying: Saying | undefined
  /** Words to be read aloud, whose turns have not begun. */
  #given: string[] = []

  constructor(view: DialogueView) {
    this.#view = view
  }

  /** The visitor has asked this. */
  asked(text: string): void {
    this.#view.add('you').show(text, text.length)
  }

  /** The visitor has given this to be read aloud. */
  given(text: string): void {
    this.#given.push(text)
  }

  /** The server has refused what it was given last, or is another one. */
  refused(): void {
    this.#given = []
  }

  /** A turn begins. */
  begin(turn: number, source: TurnSource): void {
    this.#saying = { turn, text: new HeardText(), row: this.#view.add('face') }
    const given = source === 'say' ? this.#given.shift() : undefined
    if (given !== undefined) this.write(turn, given)
  }

  /** More of an answer is written. */
  write(turn: number, text: string): void {
    const saying = this.#of(turn)
    if (saying === undefined) return
    saying.text.write(text)
    show(saying)
  }

  /** What is heard now. It is called for every repaint. */
  hear(turn: number, now: CaptionNow | undefined): void {
    const saying = this.#of(turn)
    if (saying === undefined || now === undefined) return
    const before = saying.text.heard
    saying.text.hear(now.caption.index, now.caption.text, now.said)
    if (saying.text.heard !== before) show(saying)
  }

  /** All of a turn has been heard. */
  finish(turn: number): void {
    const saying = this.#of(turn)
    if (saying === undefined) return
    saying.text.finish()
    show(saying)
  }

  /**
   * A turn was cut short.
   * @param heard what was heard of it, as the server has it; the page goes by itself until it is told
   */
  cut(turn: number, heard?: string): void {
    const saying = this.#of(turn)
    if (saying === undefined) return
    saying.text.cut(heard)
    if (saying.text.written.trim() === '') saying.row.remove()
    else saying.row.show(`${saying.text.written.trimEnd()} —`, Infinity)
  }

  #of(turn: number): Saying | undefined {
    return this.#saying?.turn === turn ? this.#saying : undefined
  }
}

function show({ text, row }: Saying): void {
  row.show(text.written, text.heard)
}

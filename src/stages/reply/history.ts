import type { TurnId } from '../../pipeline/packet.js'
import type { Message } from './reply.js'

export interface HistoryOptions {
  /** What the model is told before the conversation; empty: nothing. It counts for no limit. */
  readonly systemPrompt?: string
  /** Most messages that are kept, 2 or more. Default 40. */
  readonly maxMessages?: number
  /** Most characters (UTF-16 code units) that are kept. Default 16 000. */
  readonly maxCharacters?: number
}

/** What two sides said in one turn. Either may have said nothing. */
interface Exchange {
  readonly turn: TurnId
  readonly question: string
  answer: string
  isOver: boolean
}

/** Ends what was cut off, the way a writer shows it: the model sees that it was interrupted, and learns no word of it. */
const CUT_OFF = ' —'

/** What the user said before the first answer, where nothing was asked. */
const SILENCE: Message = { role: 'user', content: '…' }

/**
 * A conversation as a language model is to remember it: what was asked, and what was really heard of the answers.
 *
 * Bounded: the oldest exchanges are forgotten first, always question and answer together. A message that is too long
 * by itself is cut at its end.
 */
export class History {
  readonly #system: readonly Message[]
  readonly #maxExchanges: number
  readonly #maxCharacters: number
  readonly #exchanges: Exchange[] = []

  /** @throws RangeError when a limit leaves no room for an exchange */
  constructor({ systemPrompt = '', maxMessages = 40, maxCharacters = 16_000 }: HistoryOptions = {}) {
    if (!(maxMessages >= 2)) throw new RangeError(`Expected maxMessages to be 2 or more, got ${maxMessages}`)
    if (!(maxCharacters >= 1)) {
      throw new RangeError(`Expected maxCharacters to be 1 or more, got ${maxCharacters}`)
    }
    this.#system = systemPrompt === '' ? [] : [{ role: 'system', content: systemPrompt }]
    this.#maxExchanges = Math.floor(maxMessages / 2)
    this.#maxCharacters = maxCharacters
  }

  /** A turn begins: the user asks something, or nothing, when words are to be spoken on their own. */
  begin(turn: TurnId, question = ''): void {
    const exchange = { turn, question: question.slice(0, this.#maxCharacters), answer: '', isOver: false }
    this.#exchanges.push(exchange)
    this.#forget()
  }

  /**
   * Adds what is being said in a turn, piece by piece. What comes after the turn was interrupted, or forgotten, is
   * dropped.
   */
  said(turn: TurnId, piece: string): void {
    const exchange = this.#find(turn)
    if (exchange === undefined) return
    exchange.answer = (exchange.answer + piece).slice(0, this.#maxCharacters)
    this.#forget()
  }

  /**
   * The turn was interrupted: of its answer, only `text` was heard. See `heardText`. What is said in it from now on is
   * dropped. Without effect when all of it was heard.
   */
  heard(turn: TurnId, text: string): void {
    const exchange = this.#find(turn)
    if (exchange === undefined) return
    exchange.isOver = true
    const heard = text.trim()
    if (lettersOf(heard) === lettersOf(exchange.answer)) return
    exchange.answer = heard === '' ? '' : `${heard.replace(/[\s—–-]+$/, '')}${CUT_OFF}`
  }

  /** Forgets everything but the system prompt. */
  clear(): void {
    this.#exchanges.length = 0
  }

  /**
   * The conversation for a model, oldest first, the last question at its end. Neighbours of one role are one message,
   * since the templates of many models want the roles to alternate, and the user to be first.
   */
  messages(): readonly Message[] {
    const messages: Message[] = [...this.#system]
    for (const { question, answer } of this.#exchanges) {
      append(messages, { role: 'user', content: question.trim() })
      if (messages.length === this.#system.length && answer.trim() !== '') messages.push(SILENCE)
      append(messages, { role: 'assistant', content: answer.trim() })
    }
    return messages
  }

  #find(turn: TurnId): Exchange | undefined {
    return this.#exchanges.find((one) => one.turn === turn && !one.isOver)
  }

  /** Makes room. The newest exchange stays, however long it is. */
  #forget(): void {
    let characters = 0
    for (const { question, answer } of this.#exchanges) characters += question.length + answer.length
    while (
      this.#exchanges.length > 1 &&
      (this.#exchanges.length > this.#maxExchanges || characters > this.#maxCharacters)
    ) {
      const { question, answer } = this.#exchanges.shift()!
      characters -= question.length + answer.length
    }
  }
}

/** What two texts have in common that differ in white space and in what cannot be heard. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '')
}

function append(messages: Message[], message: Message): void {
  if (message.content === '') return
  const last = messages.at(-1)
  if (last?.role !== message.role) messages.push(message)
  else messages[messages.length - 1] = { role: last.role, content: `${last.content}\n${message.content}` }
}

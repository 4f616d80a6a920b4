import { mainLanguage } from '../../text/language.js'
import type { Message } from '../reply.js'
import { CHINESE } from './chinese.js'
import { ENGLISH } from './english.js'
import type { Script, Topic, Values } from './script.js'

export interface PersonaOptions {
  /** Which of several answers comes first. Default 0. */
  readonly seed?: number
  readonly now: Date
  /** IANA name, for the time and the date. Default: that of this machine. */
  readonly timeZone?: string
}

/** Most characters that are repeated, and that are quoted of a question. */
const MOST_REPEATED = 300
const MOST_QUOTED = 40

interface Heard {
  readonly script: Script
  readonly topic: Topic | undefined
  readonly groups: Readonly<Record<string, string | undefined>>
}

/**
 * What the scripted persona says to the last question of a conversation, in Chinese to a question in Chinese, else in
 * English. Pure: the same conversation, seed and time give the same answer. To the same question it has another answer
 * each time, until it has given all.
 */
export function personaAnswer(
  messages: readonly Message[],
  { seed = 0, now, timeZone }: PersonaOptions,
): string {
  const questions = messages.filter(({ role }) => role === 'user').map(({ content }) => plain(content))
  const question = questions.at(-1) ?? ''
  const { script, topic, groups } = listen(question)
  const before = questions.slice(0, -1).map(listen)
  const format = (options: Intl.DateTimeFormatOptions): string =>
    plain(new Intl.DateTimeFormat(script.locale, { ...options, ...(timeZone && { timeZone }) }).format(now))
  const values: Values = {
    words: groups['words']?.trim().slice(0, MOST_REPEATED) ?? subjectOf(question, script),
    name: groups['name'] ?? before.findLast((one) => one.groups['name'] !== undefined)?.groups['name'] ?? '',
    time: format({ hour: 'numeric', minute: '2-digit' }),
    date: format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
  }
  const count = before.filter((one) => one.topic === topic).length
  const answers = answersTo(topic, script, values)
  return fill(answers[(seed + count) % answers.length]!, values)
}

function answersTo(topic: Topic | undefined, script: Script, { name, words }: Values): readonly string[] {
  if (topic === undefined) return words === '' ? script.unclear : script.unknown
  return topic === 'recall-name' && name === '' ? script.nameless : script.answers[topic]
}

function listen(question: string): Heard {
  const script = mainLanguage(question) === 'zh' ? CHINESE : ENGLISH
  for (const [topic, pattern] of script.questions) {
    const match = pattern.exec(question)
    if (match !== null) return { script, topic, groups: match.groups ?? {} }
  }
  return { script, topic: undefined, groups: {} }
}

/** What a question is about, short; empty when nothing of it is left, or too much. */
function subjectOf(question: string, { aroundSubject }: Script): string {
  const subject = aroundSubject.reduce((rest, pattern) => rest.replace(pattern, ''), question).trim()
  return subject.length <= MOST_QUOTED && /[\p{L}\p{N}]/u.test(subject) ? subject : ''
}

function fill(answer: string, values: Values): string {
  return answer.replace(/\{(words|name|time|date)\}/g, (_all, key: keyof Values) => values[key])
}

/** One line with plain apostrophes and spaces. */
function plain(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/\s+/gu, ' ').trim()
}

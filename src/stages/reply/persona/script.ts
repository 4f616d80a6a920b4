/** What the persona can tell apart. */
export type Topic =
  | 'repeat'
  | 'recall-name'
  | 'learn-name'
  | 'identity'
  | 'own-name'
  | 'abilities'
  | 'wellbeing'
  | 'time'
  | 'date'
  | 'joke'
  | 'model'
  | 'farewell'
  | 'thanks'
  | 'greeting'

/** What an answer may hold, as `{words}`. */
export interface Values {
  /** What is to be repeated, or what was asked about; empty when that cannot be told. */
  readonly words: string
  /** The user's name; empty while it is not known. */
  readonly name: string
  readonly time: string
  readonly date: string
}

/** The persona in one language. Tables only. */
export interface Script {
  /** BCP 47, for times and dates. */
  readonly locale: string
  /** In the order in which they are looked at. A group `words` or `name` is what the answer speaks of. */
  readonly questions: readonly (readonly [topic: Topic, pattern: RegExp])[]
  readonly answers: Readonly<Record<Topic, readonly string[]>>
  /** Answers to `recall-name` while no name is known. */
  readonly nameless: readonly string[]
  /** Answers to what is in no table, with and without what it is about. */
  readonly unknown: readonly string[]
  readonly unclear: readonly string[]
  /** What stands around that which a question is about. */
  readonly aroundSubject: readonly RegExp[]
}

/** One message of a conversation, in the roles of the OpenAI chat protocol. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** Who answers: a language model at another server, or the scripted persona. */
export interface Reply {
  /** For people to read: `persona`, or `openai qwen3 at http://127.0.0.1:11434/v1`. */
  readonly name: string
  /**
   * Answers the last message, piece by piece as the answer is made. What comes is plain text that can be spoken and
   * shown: no Markdown, no emoji, none of a reasoning model's thoughts.
   *
   * - Cold: work begins when the first piece is asked for, and stops when no more is.
   * - The next piece is made while the last one is used, or when it is asked for; never more than one answer is held.
   *
   * @param messages the conversation, oldest first, with the question last: see `History.messages`
   * @param signal stops the work at once, and throws its reason
   * @throws PhizError when there is no answer, when it breaks off, or when it holds nothing that can be said
   */
  answer(messages: readonly Message[], signal: AbortSignal): AsyncIterable<string>
}

import { History, type HistoryOptions } from '../../stages/reply/history.js'
import type { Message } from '../../stages/reply/reply.js'
import type { PastMessage } from './requests.js'

/** A question and what was said before it, as a conversation would remember it: as much of it, and no more. */
export function withPast(
  question: string,
  past: readonly PastMessage[],
  options: HistoryOptions,
): readonly Message[] {
  const history = new History(options)
  let turn = 0
  const begin = (asked: string): void => {
    turn += 1
    history.begin(String(turn), asked)
  }
  for (const { role, content } of past) {
    if (role === 'user') begin(content)
    else {
      // An answer to nothing: somebody spoke on their own.
      if (turn === 0) begin('')
      history.said(String(turn), content)
    }
  }
  begin(question)
  return history.messages()
}

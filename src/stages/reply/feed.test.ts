import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../errors.js'
import { ScriptedServer } from '../../net/fixtures/scripted-server.js'
import { Turn } from '../../pipeline/turn.js'
import { segmentText } from '../text/stage.js'
import { ANSWER_FIRST_LENGTH, replySource } from './feed.js'
import { chatServer } from './openai/chat-server.js'
import { openaiReply } from './openai/openai-reply.js'

async function* yielding(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
}

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

describe('replySource', () => {
  it('gives each piece as text of the turn, with its voice', async () => {
    const turn = new Turn({ id: 'turn-1' })
    const style = { language: 'en', voice: { rate: 1.2 } }
    const packets = await lastValueFrom(
      replySource(turn, () => yielding('Hel', 'lo.'), style).pipe(toArray()),
    )
    const rest = { kind: 'text', turn: 'turn-1', timestamp: 0, duration: 0, ...style }
    expect(packets).toEqual([
      { ...rest, text: 'Hel' },
      { ...rest, text: 'lo.' },
    ])
    await turn.ended()
  })

  it('lets the first clause be spoken before the last word is written', async () => {
    let isSpoken = (): void => {}
    const spoken = new Promise<void>((resolve) => (isSpoken = resolve))
    const server = await new ScriptedServer({
      http: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const word of ['Well', ', that is a', ' question', ', and']) response.write(chunk(word))
        // Were the clause to wait for more, nothing would ever come.
        void spoken.then(() => response.end(`${chunk(' I know the answer.')}data: [DONE]\n\n`))
      },
    }).start()
    const url = `http://127.0.0.1:${server.port}/v1`
    const reply = openaiReply({
      server: chatServer({ url, model: 'm', apiKey: '', timeoutMs: 10_000 }),
      maxCharacters: 1000,
      nextWordMs: 10_000,
    })
    const turn = new Turn({ id: 'turn-1' })
    const clauses: string[] = []
    const pieces = (signal: AbortSignal): AsyncIterable<string> =>
      reply.answer([{ role: 'user', content: 'Why?' }], signal)
    await new Promise<void>((resolve, reject) => {
      replySource(turn, pieces)
        .pipe(segmentText({ firstLength: ANSWER_FIRST_LENGTH }).open(turn))
        .subscribe({
          next: ({ text }) => {
            clauses.push(text)
            isSpoken()
          },
          error: reject,
          complete: resolve,
        })
    })
    expect(clauses).toEqual(['Well, that is a question,', 'and I know the answer.'])
    await turn.ended()
    await server.stop()
  })

  it('stops the answer when the turn is cancelled, and is over when the answer is', async () => {
    const turn = new Turn({ id: 'turn-1' })
    let isOver = false
    const reason = new CancelledError('Stop.')
    const stream = lastValueFrom(
      replySource(turn, async function* (signal) {
        try {
          yield 'Once '
          turn.cancel(reason)
          await new Promise((_resolve, reject) => {
            const leave = (): void => reject(signal.reason)
            if (signal.aborted) leave()
            else signal.addEventListener('abort', leave)
          })
        } finally {
          isOver = true
        }
      }),
    )
    await expect(stream).rejects.toBe(reason)
    await turn.ended()
    expect(isOver).toBe(true)
  })

  it('stops the answer when nobody listens any more', async () => {
    const turn = new Turn({ id: 'turn-1' })
    let stopped: AbortSignal | undefined
    const source = replySource(turn, async function* (signal) {
      stopped = signal
      for (;;) yield 'and '
    })
    expect((await firstValueFrom(source)).text).toBe('and ')
    await turn.ended()
    expect(stopped?.aborted).toBe(true)
  })

  it('outruns no stage with an answer of very many pieces', async () => {
    const turn = new Turn({ id: 'turn-1' })
    const pieces = Array.from({ length: 20_000 }, (_, index) => (index % 10 === 9 ? '. ' : 'a'))
    const source = replySource(turn, () => yielding(...pieces))
    const clauses = await lastValueFrom(
      source.pipe(segmentText({ maxCharacters: 100_000 }).open(turn), toArray()),
    )
    expect(clauses).toHaveLength(2000)
  })
})

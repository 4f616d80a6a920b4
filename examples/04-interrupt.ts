/**
 * A conversation that is interrupted: the second turn cancels the first, at once and all the way down.
 *
 *   npx tsx examples/04-interrupt.ts
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { of } from 'rxjs'
import { Conversation, createApp, endOf, resolveConfig, speakingLine, type TextPacket, type Turn } from 'phiz'

await using app = createApp(resolveConfig({ flags: { 'video.size': 256 } }))
const [speech, expression, video] = await Promise.all([
  app.catalogue.speech(),
  app.catalogue.expression(),
  app.catalogue.video(),
])
await using conversation = new Conversation<TextPacket>({
  line: speakingLine({
    segment: app.catalogue.segment(),
    speech: speech.stage,
    expression,
    video,
  }),
})

const ended = new Promise<void>((resolve) => {
  conversation.output$.subscribe((item) => {
    if ('kind' in item) return
    console.log(item.type, item.turn)
    if (item.type === 'turn-end') resolve()
  })
})

/** Starts a turn with a player that takes each frame when it is due. */
function speak(text: string): Turn {
  return conversation.start(
    (turn) => of({ kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text }),
    (turn) => {
      const player = turn.window.branch('player')
      const subscription = conversation.output$.subscribe((item) => {
        if ('kind' in item && item.kind === 'frame' && item.turn === turn.id) player.advance(endOf(item))
      })
      turn.signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true })
    },
  )
}

speak('This is a very long story, and nobody has the time to hear it to its end. '.repeat(20))
await sleep(500)
const interruptedAt = performance.now()
speak('All right.')
await ended
console.log(
  `The short answer was complete ${Math.round(performance.now() - interruptedAt)} ms after the interruption.`,
)

/**
 * The line itself: text in, packets out, each printed as it leaves.
 *
 *   npx tsx examples/02-packets-as-they-are-made.ts
 */
import { of } from 'rxjs'
import { createApp, resolveConfig, runTurn, speakingLine, Turn, type Sink } from 'phiz'

await using app = createApp(resolveConfig({ flags: { 'video.size': 256 } }))
const [speech, expression, video] = await Promise.all([
  app.catalogue.speech(),
  app.catalogue.expression(),
  app.catalogue.video(),
])
const line = speakingLine({
  segment: app.catalogue.segment(),
  speech: speech.stage,
  expression,
  video,
})

const counts = { audio: 0, motion: 0, frame: 0 }
const printer: Sink = {
  name: 'printer',
  kinds: ['audio', 'motion', 'frame'],
  write: ({ kind, timestamp }) => {
    if (kind === 'audio' || kind === 'motion' || kind === 'frame') counts[kind] += 1
    if (timestamp < 200_000) console.log(`${kind.padEnd(6)} at ${timestamp / 1000} ms`)
  },
}

const turn = new Turn({ id: 'example' })
const text = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: 'One, two, three.' } as const
await runTurn(of(text).pipe(line.open(turn)), [printer], turn)
console.log(counts)

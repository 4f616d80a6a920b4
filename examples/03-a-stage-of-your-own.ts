/**
 * A stage of your own: it makes the face nod at every pause, between expression and whatever comes after.
 *
 *   npx tsx examples/03-a-stage-of-your-own.ts
 */
import { chain, createApp, defineStage, resolveConfig, runTurn, speakingLine, Turn } from 'phiz'
import { BLENDSHAPE_INDEX, type MotionPacket, type Sink } from 'phiz'
import { of } from 'rxjs'

const NOD_RADIANS = 0.08

const nodAtPauses = defineStage<MotionPacket, MotionPacket, { nod: number }>({
  name: 'nod',
  state: () => ({ nod: 0 }),
  *process(motion, state) {
    const closed = motion.weights[BLENDSHAPE_INDEX.jawOpen]! < 0.03
    state.nod += ((closed ? NOD_RADIANS : 0) - state.nod) * 0.2
    const [pitch, yaw, roll] = motion.rotation
    yield { ...motion, rotation: [pitch + state.nod, yaw, roll] }
  },
})

await using app = createApp(resolveConfig())
const speech = await app.catalogue.speech()
const line = speakingLine({
  segment: app.catalogue.segment(),
  speech: speech.stage,
  expression: chain(await app.catalogue.expression(), nodAtPauses),
})

let deepest = 0
const watcher: Sink = {
  name: 'watcher',
  kinds: ['motion'],
  write: (packet) => {
    if (packet.kind === 'motion') deepest = Math.max(deepest, packet.rotation[0])
  },
}
const turn = new Turn({ id: 'example' })
const text = {
  kind: 'text',
  turn: turn.id,
  timestamp: 0,
  duration: 0,
  text: 'Yes. Of course. I agree.',
} as const
await runTurn(of(text).pipe(line.open(turn)), [watcher], turn)
console.log(`The deepest nod was ${((deepest * 180) / Math.PI).toFixed(1)}°`)

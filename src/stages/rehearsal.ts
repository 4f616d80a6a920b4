import { of, type Observable } from 'rxjs'
import { recordingLine, speakingLine, type FaceOutput } from '../pipeline/line.js'
import { runTurn } from '../pipeline/run.js'
import type { Sink } from '../pipeline/sink.js'
import { Turn } from '../pipeline/turn.js'
import type { Catalogue } from './catalogue.js'
import { recordingSource } from './speech/recording.js'

/** Which stages are done here, and are worth rehearsing. */
export type Rehearsed = Readonly<Record<'speech' | 'expression' | 'video', boolean>>

/** In the languages of the voices that there are, and long enough for the compiler to have seen every path. */
const WORDS = 'Hello there, how are you today? 你好，今天过得怎么样？ All of this is for nobody.'
/** Where the voice is elsewhere, a silence is shown instead: Hz, and seconds. */
const SILENCE = { sampleRate: 24_000, seconds: 3 }

const NOBODY: Sink = { name: 'nobody', kinds: ['audio', 'motion', 'frame'], write: () => undefined }

/**
 * Plays a short turn to nobody, so that the first one that somebody hears finds warm caches and compiled code: it is
 * as quick, and as well in step, as the tenth. Reports nothing. Stages that are other servers' are left alone.
 *
 * @throws what the line fails with
 */
export async function rehearse(catalogue: Catalogue, here: Rehearsed): Promise<void> {
  if (!here.speech && !here.expression) return
  // Nobody is waited for: of what the line leaves out, nothing would ever come to move a window on.
  const turn = new Turn({ id: 'rehearsal', windowSpan: Infinity })
  await runTurn(await performance(catalogue, here, turn), [NOBODY], turn)
}

async function performance(
  catalogue: Catalogue,
  here: Rehearsed,
  turn: Turn,
): Promise<Observable<FaceOutput>> {
  const [speech, expression, video] = await Promise.all([
    here.speech ? catalogue.speech() : undefined,
    here.expression ? catalogue.expression() : undefined,
    here.expression && here.video ? catalogue.video() : undefined,
  ])
  const face = { ...(expression && { expression }), ...(video && { video }) }
  if (speech !== undefined) {
    const line = speakingLine({ ...face, segment: catalogue.segment(), speech: speech.stage })
    const words = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: WORDS } as const
    return of(words).pipe(line.open(turn))
  }
  const { sampleRate, seconds } = SILENCE
  const sound = new Float32Array(sampleRate * seconds)
  // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for in a silence
  const silence = async function* (): AsyncGenerator<Float32Array> {
    yield sound
  }
  return recordingSource(turn, silence, sampleRate).pipe(recordingLine(face).open(turn))
}

import { of } from 'rxjs'
import {
  createApp,
  meterTurns,
  resolveConfig,
  runTurn,
  speakingLine,
  Turn,
  type App,
  type Packet,
  type Sink,
  type TurnReport,
} from 'phiz'
import { rounded } from './statistics.js'

/** A warm line: text in, everything out. */
export interface WarmLine extends AsyncDisposable {
  readonly app: App
  /** Speaks a text into a sink that takes everything and keeps nothing. */
  speak(text: string): Promise<TurnReport>
}

export interface WarmLineOptions {
  /** Which voice speaks; hibari must have been brought in. Default: espeak. */
  readonly voice?: 'espeak' | 'hibari'
  /** Whether a face goes with it. Default: yes. */
  readonly face?: boolean
}

export async function warmLine({ voice = 'espeak', face = true }: WarmLineOptions = {}): Promise<WarmLine> {
  const app = createApp(resolveConfig({ flags: { 'speech.engine': voice } }))
  const [speech, expression, video] = await Promise.all([
    app.catalogue.speech(),
    face ? app.catalogue.expression() : undefined,
    face ? app.catalogue.video() : undefined,
  ])
  const line = speakingLine({
    segment: app.catalogue.segment(),
    speech: speech.stage,
    ...(expression && { expression }),
    ...(video && { video }),
  })
  let turns = 0
  const speak = async (text: string): Promise<TurnReport> => {
    const reports: TurnReport[] = []
    const meter = meterTurns((report) => reports.push(report))
    const turn = new Turn({
      id: `bench-${(turns += 1)}`,
      telemetry: meter,
    })
    const packet = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text } as const
    await runTurn(of(packet).pipe(line.open(turn)), [emptySink(face)], turn)
    return reports[0]!
  }
  return { app, speak, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

function emptySink(face: boolean): Sink {
  return {
    name: 'nowhere',
    kinds: face ? ['audio', 'motion', 'frame'] : ['audio'],
    write: (_packet: Packet) => {},
  }
}

/** Milliseconds to the first sound and the first picture of some turns on a line that is warmed up before. */
export async function firstOutputs(
  line: WarmLine,
  text: string,
  runs: number,
): Promise<{ readonly audio: readonly number[]; readonly frame: readonly number[] }> {
  for (let run = 0; run < 3; run += 1) await line.speak(text)
  const audio: number[] = []
  const frame: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const report = await line.speak(text)
    audio.push(rounded(report.first_audio_ms!))
    frame.push(rounded(report.first_frame_ms!))
  }
  return { audio, frame }
}

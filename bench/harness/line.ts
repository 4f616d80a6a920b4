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
  type Telemetry,
  type TurnReport,
} from 'phiz'

/** A warm line: text in, everything out. */
export interface WarmLine extends AsyncDisposable {
  readonly app: App
  /** Speaks a text into a sink that takes everything and keeps nothing. */
  speak(text: string): Promise<TurnReport>
}

export async function warmLine(telemetry: Telemetry = () => {}): Promise<WarmLine> {
  const app = createApp(resolveConfig(), telemetry)
  const [speech, expression, video] = await Promise.all([
    app.catalogue.speech(),
    app.catalogue.expression(),
    app.catalogue.video(),
  ])
  const line = speakingLine({
    segment: app.catalogue.segment(),
    speech: speech.stage,
    expression,
    video: video.stage,
  })
  let turns = 0
  const speak = async (text: string): Promise<TurnReport> => {
    const reports: TurnReport[] = []
    const meter = meterTurns((report) => reports.push(report))
    const turn = new Turn({
      id: `bench-${(turns += 1)}`,
      telemetry: (event) => {
        telemetry(event)
        meter(event)
      },
    })
    const packet = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text } as const
    await runTurn(of(packet).pipe(line.open(turn)), [emptySink()], turn)
    return reports[0]!
  }
  return { app, speak, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

function emptySink(): Sink {
  return { name: 'nowhere', kinds: ['audio', 'motion', 'frame'], write: (_packet: Packet) => {} }
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { meterTurns, type TurnReport } from '../../pipeline/meter.js'
import { combineTelemetry, type Telemetry } from '../../pipeline/telemetry.js'

/** What `/metrics` shows, fed by the same telemetry that the bench reads. */
export interface Metrics {
  readonly telemetry: Telemetry
  /** The Prometheus text format and its content type. */
  render(): Promise<{ readonly body: string; readonly contentType: string }>
  /** Stops the process collectors. */
  close(): void
}

/** From a warm first packet to a turn that somebody gave up on. */
const LATENCY_BUCKETS_MS = [10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000]
const FACTOR_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5]
const STEP_BUCKETS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000]

/** Makes the metrics of one server. Each has its own registry, so that two servers in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const live = new Gauge({ name: 'phiz_turns_live', help: 'Turns that are running.', registers })
  const turns = new Counter({
    name: 'phiz_turns_total',
    help: 'Turns that have ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const firstAudio = new Histogram({
    name: 'phiz_first_audio_ms',
    help: 'From the start of a turn to its first audio packet.',
    buckets: LATENCY_BUCKETS_MS,
    registers,
  })
  const firstFrame = new Histogram({
    name: 'phiz_first_frame_ms',
    help: 'From the start of a turn to its first frame.',
    buckets: LATENCY_BUCKETS_MS,
    registers,
  })
  const skew = new Histogram({
    name: 'phiz_av_skew_ms',
    help: 'How far the ends of sound and picture of a completed turn lie apart.',
    buckets: [1, 5, 10, 20, 40, 80, 160],
    registers,
  })
  const factor = new Histogram({
    name: 'phiz_realtime_factor',
    help: 'Time that a stage worked over the media that it made, in a completed turn; below 1 is faster than real time.',
    labelNames: ['stage'],
    buckets: FACTOR_BUCKETS,
    registers,
  })
  const dropped = new Counter({
    name: 'phiz_dropped_frames_total',
    help: 'Frames dropped for a slow sink.',
    registers,
  })
  const step = new Histogram({
    name: 'phiz_model_step_ms',
    help: 'Time of one step inside a model worker.',
    labelNames: ['model'],
    buckets: STEP_BUCKETS_MS,
    registers,
  })

  const record = (report: TurnReport): void => {
    turns.inc({ outcome: report.outcome })
    dropped.inc(report.dropped_frames)
    if (report.first_audio_ms !== null) firstAudio.observe(report.first_audio_ms)
    if (report.first_frame_ms !== null) firstFrame.observe(report.first_frame_ms)
    if (report.outcome !== 'completed') return
    if (report.av_skew_ms !== null) skew.observe(report.av_skew_ms)
    for (const [stage, value] of Object.entries(report.realtime_factor)) factor.observe({ stage }, value)
  }

  const count: Telemetry = (event) => {
    if (event.type === 'turn-start') live.inc()
    else if (event.type === 'turn-end') live.dec()
    else if (event.type === 'model-step') step.observe({ model: event.model }, event.busy / 1000)
  }

  return {
    telemetry: combineTelemetry(count, meterTurns(record)),
    render: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
    close: () => {
      registry.clear()
    },
  }
}

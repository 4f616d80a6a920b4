import { firstOutputs, warmLine } from '../harness/line.js'
import { atLeast, atMost, type Row, type Scenario } from '../harness/scenario.js'
import { median, rounded } from '../harness/statistics.js'

const TEXT = 'Hello, I am phiz. It is a pleasure to meet you, and I have a lot to tell you today. '
const RUNS = 30
const LONG_RUNS = 5

/** The neural English voice, where it has been brought in: how soon it speaks on a warm line, and how fast. */
export const naturalVoice: Scenario = {
  name: 'natural voice',
  run: async () => {
    const rows: Row[] = []
    {
      await using line = await warmLine({ voice: 'hibari' })
      const { audio, frame } = await firstOutputs(line, TEXT, RUNS)
      rows.push(
        atMost(120, {
          figure: 'first audio packet, median',
          value: rounded(median(audio)),
          unit: 'ms',
          raw: audio,
        }),
        { figure: 'first JPEG, median', value: rounded(median(frame)), unit: 'ms', raw: frame },
      )
    }
    const speeds = await speechAlone()
    rows.push(
      atLeast(60, {
        figure: 'speech alone, median',
        value: median(speeds),
        unit: '× real time',
        raw: speeds,
      }),
    )
    return rows
  },
}

/** Text to sound without a face: seconds of sound for each second of work. */
async function speechAlone(): Promise<number[]> {
  await using line = await warmLine({ voice: 'hibari', face: false })
  const speeds: number[] = []
  for (let run = 0; run <= LONG_RUNS; run += 1) {
    const report = await line.speak(TEXT.repeat(12))
    if (run > 0) speeds.push(rounded(report.audio_ms / report.total_ms))
  }
  return speeds
}

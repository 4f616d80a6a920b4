import { warmLine } from '../harness/line.js'
import { atMost, type Scenario } from '../harness/scenario.js'
import { median, rounded } from '../harness/statistics.js'

const RUNS = 30
const TEXT = 'Hello, I am phiz. It is a pleasure to meet you, and I have a lot to tell you today.'

/** How long a user waits for the first sound and the first picture of a turn on a warm line. */
export const firstOutput: Scenario = {
  name: 'first output',
  run: async () => {
    await using line = await warmLine()
    for (let run = 0; run < 3; run += 1) await line.speak(TEXT)
    const audio: number[] = []
    const frame: number[] = []
    for (let run = 0; run < RUNS; run += 1) {
      const report = await line.speak(TEXT)
      audio.push(rounded(report.first_audio_ms!))
      frame.push(rounded(report.first_frame_ms!))
    }
    return [
      atMost(60, {
        figure: 'first audio packet, median',
        value: rounded(median(audio)),
        unit: 'ms',
        raw: audio,
      }),
      atMost(150, { figure: 'first JPEG, median', value: rounded(median(frame)), unit: 'ms', raw: frame }),
    ]
  },
}

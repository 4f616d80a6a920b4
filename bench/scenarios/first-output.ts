import { firstOutputs, warmLine } from '../harness/line.js'
import { atMost, type Scenario } from '../harness/scenario.js'
import { median, rounded } from '../harness/statistics.js'

const RUNS = 30
const TEXT = 'Hello, I am phiz. It is a pleasure to meet you, and I have a lot to tell you today.'

/** How long a user waits for the first sound and the first picture of a turn on a warm line. */
export const firstOutput: Scenario = {
  name: 'first output',
  run: async () => {
    await using line = await warmLine()
    const { audio, frame } = await firstOutputs(line, TEXT, RUNS)
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

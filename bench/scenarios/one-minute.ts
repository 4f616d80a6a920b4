import { warmLine } from '../harness/line.js'
import { mainThreadCpu } from '../harness/main-thread.js'
import { ResidentMemory } from '../harness/resident.js'
import { atLeast, atMost, type Row, type Scenario } from '../harness/scenario.js'
import { median, rounded } from '../harness/statistics.js'

/** A text that takes a little over a minute to say. */
const PARAGRAPH =
  'A digital human is a face that listens and speaks. It is made of a voice, of lips that follow the voice, and of ' +
  'pictures that follow the lips. Each of these is made by a model, and each model waits for the one before it. When ' +
  'they are chained as a stream, the first picture leaves while the last word is still being written. '
const TEXT = PARAGRAPH.repeat(4)
const RUNS = 3

/** A minute of speech to JPEGs at 512×512: speed, memory, and what phiz itself costs beside the models. */
export const oneMinute: Scenario = {
  name: 'one minute of speech to JPEGs at 512×512',
  run: async () => {
    await using line = await warmLine()
    await line.speak('Warm up, please.')

    const speeds: number[] = []
    const outside: number[] = []
    const peaks: number[] = []
    const growths: number[] = []
    let seconds = 0
    for (let run = 0; run < RUNS; run += 1) {
      const memory = new ResidentMemory()
      const mainBefore = mainThreadCpu()
      const allBefore = process.cpuUsage()
      const report = await line.speak(TEXT)
      const all = process.cpuUsage(allBefore)
      const main = mainThreadCpu() - mainBefore
      const resident = memory.stop()
      seconds = report.audio_ms / 1000
      speeds.push(rounded(report.audio_ms / report.total_ms, 2))
      outside.push(rounded((100 * main) / ((all.user + all.system) / 1000), 2))
      peaks.push(rounded(Math.max(...resident)))
      growths.push(rounded(growth(resident)))
    }
    const rows: Row[] = [
      { figure: 'length of the speech', value: rounded(seconds), unit: 's' },
      atLeast(3, { figure: 'speed, median', value: median(speeds), unit: '× real time', raw: speeds }),
      atMost(600, { figure: 'resident memory, highest', value: Math.max(...peaks), unit: 'MiB', raw: peaks }),
      {
        figure: 'memory, second half over first, last run',
        value: growths.at(-1)!,
        unit: 'MiB',
        raw: growths,
      },
      atMost(5, {
        figure: 'CPU outside models, rendering and JPEG (the main thread’s share), median',
        value: median(outside),
        unit: '%',
        raw: outside,
      }),
    ]
    return rows
  },
}

/** Median of the second half of a run over that of its second quarter: what it grew after its start. */
function growth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4)
  return median(samples.slice(2 * quarter)) - median(samples.slice(quarter, 2 * quarter))
}

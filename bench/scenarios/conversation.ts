import { setTimeout as sleep } from 'node:timers/promises'
import { ConverseError } from '../../src/client/index.js'
import { Listener, type Heard } from '../harness/listener.js'
import { sampleProcess } from '../harness/process-sample.js'
import { atMost, type Row, type Scenario, type ScenarioOptions } from '../harness/scenario.js'
import { serverProcess, type ServerProcess } from '../harness/server.js'
import { speechOf } from '../harness/speech-text.js'
import { median, percentile, rounded } from '../harness/statistics.js'

const RUNS = 15
const WORDS = 'Hello, I am phiz. It is good to see you.'
const QUESTION = 'What can you do?'
const CONVERSATIONS = 4
/** Seconds that each number of conversations speaks; alone, three minutes. */
const SECONDS = 60
const SECONDS_ALONE = 180

/** Conversations with a server of its own, as clients feel them over its socket. */
export const conversation: Scenario = {
  name: 'conversation',
  run: async (options) => {
    await using server = await serverProcess({ conversations: CONVERSATIONS })
    return [
      ...(await alone(server)),
      ...(await together(server, options)),
      ...(await whileOthersSpeak(server)),
      await oneTooMany(server),
    ]
  },
}

/** How long one client waits, with nobody else there. */
async function alone({ converse }: ServerProcess): Promise<Row[]> {
  const listener = await Listener.connect(converse)
  const said: Heard[] = []
  const answered: Heard[] = []
  const cancelled: number[] = []
  const silent: number[] = []
  for (let run = 0; run < RUNS; run += 1) said.push(await listener.hear('say', WORDS))
  for (let run = 0; run < RUNS; run += 1) answered.push(await beginning(listener, QUESTION))
  for (let run = 0; run < RUNS; run += 1) {
    listener.start('say', speechOf(20))
    const heard = await listener.until(({ soundEnd, lateness }) => soundEnd > 1000 && lateness.length > 10)
    await sleep(500)
    const at = performance.now()
    listener.client.interrupt()
    await listener.over(heard)
    // Whatever is still on its way.
    await sleep(100)
    cancelled.push(rounded(heard.overAt! - at))
    silent.push(rounded(Math.max(0, heard.lastPacketAt - at)))
  }
  listener.close()
  return [
    ...firsts('say', said),
    ...firsts('ask', answered),
    atMost(100, middle('interrupt → turn-cancel, median', cancelled)),
    middle('interrupt → last packet of the turn, median', silent),
  ]
}

/** Asks, and has heard enough of the answer after its first moment. */
async function beginning(listener: Listener, question: string): Promise<Heard> {
  listener.start('ask', question)
  const heard = await listener.until(({ firstFrameAt }) => firstFrameAt !== undefined)
  await sleep(500)
  listener.client.interrupt()
  await listener.over(heard)
  return heard
}

function firsts(kind: string, turns: readonly Heard[]): Row[] {
  return [
    atMost(
      250,
      middle(
        `${kind} → first audio, median`,
        turns.map(({ askedAt, firstAudioAt }) => rounded(firstAudioAt! - askedAt)),
      ),
    ),
    atMost(
      400,
      middle(
        `${kind} → first frame, median`,
        turns.map(({ askedAt, firstFrameAt }) => rounded(firstFrameAt! - askedAt)),
      ),
    ),
  ]
}

function middle(figure: string, raw: readonly number[]): Row {
  return { figure, value: rounded(median(raw)), unit: 'ms', raw }
}

/** One conversation, two, three, four: all speak at once, and each picture has its time. */
async function together(server: ServerProcess, { seconds }: ScenarioOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (let count = 1; count <= CONVERSATIONS; count += 1) {
    const span = seconds ?? (count === 1 ? SECONDS_ALONE : SECONDS)
    const listeners = await Promise.all(
      Array.from({ length: count }, () => Listener.connect(server.converse)),
    )
    const before = await sampleProcess(server.pid)
    const begin = performance.now()
    for (const listener of listeners) listener.start('say', speechOf(span * 1.2))
    await sleep(span * 1000)
    const wall = performance.now() - begin
    const after = await sampleProcess(server.pid)
    for (const listener of listeners) listener.client.interrupt()
    const turns = await Promise.all(
      listeners.map((listener) => listener.until(({ overAt }) => overAt !== undefined)),
    )
    for (const listener of listeners) listener.close()
    rows.push(...figuresOf(turns, span), {
      figure: `${titleOf(count)}: CPU of the server, each`,
      value: rounded((100 * (after.cpuMs - before.cpuMs)) / wall / count),
      unit: '% of a core',
    })
  }
  return rows
}

function figuresOf(turns: readonly Heard[], span: number): Row[] {
  const title = `${titleOf(turns.length)}, ${span} s`
  const rates = turns.map(({ lateness, missing }) => {
    const late = lateness.filter((by) => by > 0).length
    return rounded((100 * (late + missing)) / (lateness.length + missing), 2)
  })
  const skews = turns.map(({ lateness }) =>
    rounded(
      percentile(
        lateness.map((by) => Math.max(0, by)),
        0.95,
      ),
    ),
  )
  const margins = turns.map(({ lateness }) =>
    rounded(
      percentile(
        lateness.map((by) => -by),
        0.01,
      ),
      0,
    ),
  )
  return [
    atMost(2, { figure: `${title}: late frames, worst`, value: Math.max(...rates), unit: '%', raw: rates }),
    atMost(40, {
      figure: `${title}: A/V skew at p95, worst`,
      value: Math.max(...skews),
      unit: 'ms',
      raw: skews,
    }),
    {
      figure: `${title}: frames come before their time, 1st percentile, worst`,
      value: Math.min(...margins),
      unit: 'ms',
      raw: margins,
    },
    atMost(0, {
      figure: `${title}: pauses in the sound`,
      value: turns.reduce((sum, { pauses }) => sum + pauses.length, 0),
      unit: '',
    }),
  ]
}

function titleOf(count: number): string {
  return count === 1 ? '1 conversation' : `${count} at once`
}

/** How long the last one waits while the others are being spoken to. */
async function whileOthersSpeak({ converse }: ServerProcess): Promise<Row[]> {
  const listeners = await Promise.all(Array.from({ length: CONVERSATIONS }, () => Listener.connect(converse)))
  const [last, ...others] = listeners
  for (const other of others) other.start('say', speechOf(90))
  await sleep(3000)
  const turns: Heard[] = []
  for (let run = 0; run < RUNS; run += 1) turns.push(await last!.hear('say', WORDS))
  for (const listener of listeners) listener.close()
  return firsts('say while three others listen', turns)
}

/** What happens to the one who comes when all seats are taken. */
async function oneTooMany({ converse }: ServerProcess): Promise<Row> {
  const listeners = await Promise.all(Array.from({ length: CONVERSATIONS }, () => Listener.connect(converse)))
  const begin = performance.now()
  let code = 'none'
  try {
    const fifth = await Listener.connect(converse, { seatMs: 0 })
    fifth.close()
  } catch (error) {
    if (!(error instanceof ConverseError)) throw error
    code = error.code
  }
  const after = rounded(performance.now() - begin)
  for (const listener of listeners) listener.close()
  return {
    figure: `the fifth is refused with "overload", after`,
    value: after,
    unit: 'ms',
    goal: 'refused',
    met: code === 'overload',
  }
}

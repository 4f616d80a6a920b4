import { setTimeout as sleep } from 'node:timers/promises'
import type { SettingChange } from '../../src/client/index.js'
import { Listener } from '../harness/listener.js'
import { sampleProcess, type ProcessSample } from '../harness/process-sample.js'
import { atMost, type Row, type Scenario } from '../harness/scenario.js'
import { serverProcess, type Inside, type ServerProcess } from '../harness/server.js'
import { speechOf } from '../harness/speech-text.js'
import { rounded, slope } from '../harness/statistics.js'

const SECONDS = 600
const SAMPLE_EVERY_MS = 10_000
/** More than converse at a time: those whose client has died keep their seats for a while. */
const SEATS = 16
/** Far longer than any of the lives that clients lead here. */
const LONGEST_LIFE_MS = 90_000
/** A little more than a session waits for its client. */
const AFTERMATH_MS = 35_000

/** Each is made while somebody speaks. */
const CHANGES: readonly SettingChange[] = [
  { emotion: 'happy' },
  { voice: { rate: 1.2, pitch: 2 } },
  { quality: 60 },
  { fps: 30 },
  { size: 384 },
  { streams: ['audio', 'frames'] },
  { idle: true },
  { emotion: null, voice: { rate: 1, pitch: 0 }, quality: 80, fps: 25, size: 512, idle: false },
  { streams: ['audio', 'motion', 'frames'] },
]

/** Clients of every sort for minutes: what the server holds must not grow, and must all be given back. */
export const soak: Scenario = {
  name: 'soak',
  run: async ({ seconds = SECONDS }) => {
    await using server = await serverProcess({ conversations: SEATS })
    await live([speaker], server, 10)
    const before = await look(server)
    const samples: Sample[] = []
    const stop = new AbortController()
    const sampling = follow(server, samples, stop.signal)
    await live([speaker, speaker, interrupter, wanderer, mortal], server, seconds)
    stop.abort()
    await sampling
    await sleep(AFTERMATH_MS)
    return rowsOf(before, samples, await look(server), server.log)
  },
}

interface Sample extends ProcessSample, Inside {
  /** Minutes since the soak began. */
  readonly at: number
}

async function look(server: ServerProcess, began = performance.now()): Promise<Sample> {
  const inside = await server.inside()
  return { ...inside, ...(await sampleProcess(server.pid)), at: (performance.now() - began) / 60_000 }
}

async function follow(server: ServerProcess, samples: Sample[], signal: AbortSignal): Promise<void> {
  const began = performance.now()
  while (!signal.aborted) {
    await sleep(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined)
    samples.push(await look(server, began))
  }
}

// ── Who comes and goes ───────────────────────────────────────────────────────────────────────────────────────────

type Life = (server: ServerProcess, round: number) => Promise<void>

/** Lets each live its life again and again until the time is over. @throws Error when a life does not end */
async function live(lives: readonly Life[], server: ServerProcess, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  const repeated = async (life: Life): Promise<void> => {
    for (let round = 0; performance.now() < deadline; round += 1) await limited(life, server, round)
  }
  await Promise.all(lives.map(repeated))
}

async function limited(life: Life, server: ServerProcess, round: number): Promise<void> {
  const stop = new AbortController()
  const tooLong = sleep(LONGEST_LIFE_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`Life ${round} of the ${life.name} does not end.`)
  })
  tooLong.catch(() => undefined)
  try {
    await Promise.race([life(server, round), tooLong])
  } finally {
    stop.abort()
  }
}

/** Speaks, changes a setting in the middle, is watched, listens to the end, and leaves. */
const speaker: Life = async (server, round) => {
  const listener = await Listener.connect(server.converse)
  const watching = watch(server, listener.client.session.session)
  for (const step of [0, 1, 2]) {
    const speech = listener.hear('say', 'One moment, please. I am changing something while I speak.')
    await listener.until(({ soundEnd }) => soundEnd > 0)
    listener.client.set(CHANGES[(3 * round + step) % CHANGES.length]!)
    await speech
  }
  listener.close()
  await watching
}

/** Asks and cuts short, by silence or by other words. */
const interrupter: Life = async (server, round) => {
  const listener = await Listener.connect(server.converse)
  for (let turn = 0; turn < 5; turn += 1) {
    listener.start('ask', 'Tell me what you are made of.')
    await listener.until(({ firstAudioAt }) => firstAudioAt !== undefined)
    await sleep(200 * ((round + turn) % 5))
    if (turn % 2 === 0) listener.client.interrupt()
  }
  listener.close()
}

/** Loses the connection while it listens, comes back, and hears the rest. */
const wanderer: Life = async ({ converse }) => {
  const listener = await Listener.connect(converse)
  const speech = listener.hear(
    'say',
    'This is a sentence that is longer than the connection lasts, and goes on.',
  )
  await listener.until(({ soundEnd }) => soundEnd > 0)
  await sleep(500)
  listener.breakConnection()
  await speech
  listener.close()
}

/** Dies in the middle of a word, and does not come back. */
const mortal: Life = async ({ converse }) => {
  const listener = await Listener.connect(converse, { resume: false })
  listener.start('say', speechOf(20))
  await listener.until(({ firstFrameAt }) => firstFrameAt !== undefined)
  listener.breakConnection()
  listener.close()
  await sleep(5000)
}

/** Looks on for a moment, at everything there is to see. */
async function watch({ address }: ServerProcess, session: string): Promise<void> {
  const looking = ['audio', 'motion', 'frames'].map(async (tap) => {
    const signal = AbortSignal.timeout(2000)
    try {
      const { body } = await fetch(`${address}/v1/sessions/${session}/taps/${tap}`, { signal })
      await body!.pipeTo(new WritableStream())
    } catch (error) {
      if (!signal.aborted) throw error
    }
  })
  await Promise.all(looking)
}

// ── What it held ─────────────────────────────────────────────────────────────────────────────────────────────────

function rowsOf(before: Sample, samples: readonly Sample[], after: Sample, log: readonly string[]): Row[] {
  const later = samples.slice(Math.floor(samples.length / 4))
  const growth = (figure: string, of: (sample: Sample) => number, bound: number, unit: string): Row =>
    atMost(bound, {
      figure: `${figure}, slope after the first quarter`,
      value: rounded(slope(later.map((sample) => [sample.at, of(sample)])), 2),
      unit: `${unit} a minute`,
      raw: samples.map((sample) => rounded(of(sample))),
    })
  const left = (figure: string, of: (sample: Sample) => number): Row => ({
    ...atMost(of(before), {
      figure: `${figure} when all have left; ${of(before)} before they came`,
      value: of(after),
      unit: '',
    }),
  })
  const complaints = log.filter((line) => /error|warning/i.test(line))
  return [
    growth('heap after a collection', ({ heapMiB }) => heapMiB, 0.5, 'MiB'),
    growth('buffers outside the heap', ({ externalMiB }) => externalMiB, 1, 'MiB'),
    growth('resident memory', ({ residentMiB }) => residentMiB, 2, 'MiB'),
    growth('open files and sockets', ({ handles }) => handles, 0.5, ''),
    growth('threads', ({ threads }) => threads, 0.1, ''),
    left('open files and sockets', ({ handles }) => handles),
    left('listeners on the process', ({ listeners }) => listeners),
    left('resources of the event loop', ({ resources }) => sum(Object.values(resources))),
    {
      figure: 'heap when all have left, over before they came',
      value: rounded(after.heapMiB - before.heapMiB),
      unit: 'MiB',
    },
    atMost(0, { figure: 'errors and warnings in the log', value: complaints.length, unit: '' }),
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

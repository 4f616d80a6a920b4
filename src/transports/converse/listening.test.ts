import { afterEach, describe, expect, it } from 'vitest'
import { InferenceError, UnavailableError } from '../../errors.js'
import type { SpokenSound, Transcriber } from '../../stages/hearing/transcribe.js'
import type { Message, Reply } from '../../stages/reply/reply.js'
import { PlainClient } from './fixtures/plain-client.js'
import { ScriptedHearing } from './fixtures/scripted-hearing.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import { serveConversations, type Served } from './fixtures/served.js'

let served: Served | undefined
let client: PlainClient | undefined

afterEach(async () => {
  await client?.close()
  await served?.close()
  client = undefined
  served = undefined
})

/** Writes down what the test says; each request waits for its words. */
class ScriptedTranscriber implements Transcriber {
  readonly name = 'scripted'
  readonly requests: { readonly sound: SpokenSound; readonly signal: AbortSignal }[] = []
  #settle: ((words: string | Error) => void)[] = []
  #wake = (): void => undefined

  transcribe(sound: SpokenSound, signal: AbortSignal): Promise<string> {
    this.requests.push({ sound, signal })
    this.#wake()
    return new Promise((resolve, reject) => {
      this.#settle.push((words) => {
        if (typeof words === 'string') resolve(words)
        else reject(words)
      })
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error)
      })
    })
  }

  answer(request: number, words: string | Error): void {
    this.#settle[request]!(words)
  }

  async asked(count: number): Promise<void> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

interface Listened {
  readonly client: PlainClient
  readonly line: ScriptedLine
  readonly hearing: ScriptedHearing
  readonly transcriber: ScriptedTranscriber
  /** Questions that were answered. */
  readonly asked: string[]
  /** Somebody says something that lasts so many samples. */
  says(samples: number, cut?: boolean): void
}

const CHUNK = new Float32Array(320)

async function listen({ seconds = 0.2, transcribes = true } = {}): Promise<Listened> {
  const line = new ScriptedLine({ seconds })
  const hearing = new ScriptedHearing()
  const transcriber = new ScriptedTranscriber()
  const asked: string[] = []
  const reply: Reply = {
    name: 'echo',
    async *answer(messages: readonly Message[]) {
      await Promise.resolve()
      asked.push(messages.at(-1)!.content)
      yield 'Tone 440.'
    },
  }
  served = await serveConversations(line.catalogue, {
    hearing,
    ...(transcribes && { transcriber }),
    reply,
  })
  client = await PlainClient.connect(served.url)
  client.send({ type: 'set', streams: ['audio'] })
  client.sendSound('audio', CHUNK)
  await client.until('setting-change')
  await round(client)
  const { events } = hearing.last
  return {
    client,
    line,
    hearing,
    transcriber,
    asked,
    says: (samples, cut = false) => {
      events.next({ type: 'speech-start', at: 0, bargeIn: false })
      events.next({ type: 'speech-end', at: 1000 })
      const sound = { at: 0, samples: new Float32Array(samples), sampleRate: 16_000 }
      events.next({ type: 'utterance', ...sound, cut })
    },
  }
}

/** Resolves when the server has read all that was sent before: it answers in order. */
async function round(client: PlainClient): Promise<void> {
  const before = client.events('setting-change').length
  client.send({ type: 'set', quality: 80 })
  await client.untilTrue(() => client.events('setting-change').length > before)
}

describe('a voice', () => {
  it('silences the agent, and what was said is answered', async () => {
    const { client, line, hearing, transcriber, asked } = await listen()
    expect(client.events('session-start')[0]!.engines).toMatchObject({
      reply: 'echo',
      hearing: 'scripted',
      transcription: 'scripted',
    })
    let goOn = (): void => undefined
    line.beforePacket = (index, text) => {
      if (index === 0 || text !== 'Tone 220.') return
      return new Promise((resolve) => {
        goOn = resolve
      })
    }
    client.send({ type: 'say', text: 'Tone 220.' })
    await client.untilTrue(() => client.sound(1).length > 0)
    const { events } = hearing.last
    events.next({ type: 'speech-start', at: 2_000_000, bargeIn: true })
    await client.until('turn-cancel', ({ turn }) => turn === 1)
    goOn()
    events.next({ type: 'speech-end', at: 3_000_000 })
    const samples = new Float32Array(1600)
    events.next({ type: 'utterance', at: 1_900_000, samples, sampleRate: 16_000, cut: false })
    await transcriber.asked(1)
    transcriber.answer(0, 'Who are you?')
    await client.until('turn-start', ({ turn }) => turn === 2)
    expect(asked).toEqual(['Who are you?'])
    const told = client.received.filter((item) => 'type' in item).map((event) => event.type)
    expect(told.slice(told.indexOf('voice-start'))).toEqual(
      expect.arrayContaining(['voice-start', 'turn-cancel', 'voice-end', 'transcript', 'turn-start']),
    )
    expect(told.indexOf('voice-start')).toBeLessThan(told.indexOf('turn-cancel'))
    expect(told.indexOf('transcript')).toBeLessThan(told.lastIndexOf('turn-start'))
    expect(client.events('voice-start')).toEqual([
      { type: 'voice-start', timestamp: 2_000_000, bargeIn: true },
    ])
    expect(client.events('voice-end')).toEqual([{ type: 'voice-end', timestamp: 3_000_000 }])
    expect(client.events('transcript')).toEqual([{ type: 'transcript', text: 'Who are you?' }])
    expect(client.events('turn-start')[1]).toMatchObject({ source: 'ask' })
    expect(served!.unexpected).toEqual([])
  })

  it('that goes on before its words are there is written down as a whole', async () => {
    const { client, transcriber, asked, says } = await listen()
    says(100)
    await transcriber.asked(1)
    says(200)
    await transcriber.asked(2)
    expect(transcriber.requests[0]!.signal.aborted).toBe(true)
    expect(transcriber.requests[1]!.sound.samples).toHaveLength(300)
    transcriber.answer(1, 'all of it')
    await client.until('turn-start')
    expect(asked).toEqual(['all of it'])
  })

  it('that was cut by its length is waited for', async () => {
    const { client, transcriber, says } = await listen()
    says(100, true)
    says(50)
    await transcriber.asked(1)
    expect(transcriber.requests.map(({ sound }) => sound.samples.length)).toEqual([150])
    transcriber.answer(0, 'all of it')
    await client.until('turn-start')
  })

  it('without words is not answered, and one that cannot be written down is told', async () => {
    const { client, transcriber, asked, says } = await listen()
    says(100)
    await transcriber.asked(1)
    transcriber.answer(0, '')
    says(100)
    await transcriber.asked(2)
    transcriber.answer(1, new UnavailableError('The transcription server is gone.'))
    expect(await client.until('error')).toMatchObject({
      code: 'unavailable',
      message: 'The transcription server is gone.',
    })
    says(100)
    await transcriber.asked(3)
    transcriber.answer(2, 'Hello?')
    await client.until('turn-start')
    expect(asked).toEqual(['Hello?'])
    expect(transcriber.requests[2]!.sound.samples).toHaveLength(100)
  })

  it.each([
    ['a question by text', { type: 'ask', text: 'By text.' }],
    ['other words', { type: 'say', text: 'Tone 220.' }],
    ['an interruption', { type: 'interrupt' }],
  ] as const)('is forgotten for %s', async (_name, message) => {
    const { client, transcriber, asked, says } = await listen()
    says(100)
    await transcriber.asked(1)
    client.send(message)
    await round(client)
    expect(transcriber.requests[0]!.signal.aborted).toBe(true)
    transcriber.answer(0, 'Too late.')
    await round(client)
    expect(client.events('transcript')).toEqual([])
    expect(asked).not.toContain('Too late.')
  })

  it('is told and left to the client where nobody writes it down', async () => {
    const { client, says } = await listen({ transcribes: false })
    expect(client.events('session-start')[0]!.engines).not.toHaveProperty('transcription')
    says(100)
    await client.until('voice-end')
    await round(client)
    expect(client.events('transcript')).toEqual([])
    expect(client.events('turn-start')).toEqual([])
  })
})

describe('a microphone', () => {
  it('is turned off by a packet without samples, and on again by sound, at any rate', async () => {
    const { client, hearing } = await listen()
    client.sendSound('audio', new Float32Array(0))
    client.sendSound('audio', CHUNK, { timestamp: 5_000_000 })
    client.sendSound('audio', CHUNK, { sampleRate: 48_000, timestamp: 7_000_000 })
    await round(client)
    expect(hearing.microphones.map(({ isEnded }) => isEnded)).toEqual([true, true, false])
    expect(hearing.microphones.map(({ pushed }) => pushed[0]!.sampleRate)).toEqual([16_000, 16_000, 48_000])
    hearing.last.events.next({ type: 'speech-start', at: 250_000, bargeIn: false })
    // Times are the client's own.
    expect(await client.until('voice-start')).toMatchObject({ timestamp: 7_250_000 })
  })

  it('that sends what no microphone does is refused, and heard afterwards', async () => {
    const { client, hearing } = await listen()
    client.sendSound('audio', CHUNK, { sampleRate: 7000 })
    expect(await client.until('error')).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/sampleRate is 7000/) as string,
    })
    client.sendSound('audio', new Float32Array(33_000))
    await client.until('error', ({ message }) => message.includes('at most 2 s'))
    client.sendSound('audio', CHUNK)
    await round(client)
    expect(hearing.microphones).toHaveLength(1)
    expect(hearing.last.pushed).toHaveLength(2)
  })

  it('whose sound comes in too fast is told what was not heard', async () => {
    const { client, hearing } = await listen()
    hearing.last.events.next({ type: 'overrun', at: 0, duration: 2_100_000 })
    expect(await client.until('error')).toMatchObject({
      code: 'overload',
      message: expect.stringMatching(/^2\.1 s of the microphone/) as string,
    })
  })

  it('whose ears fail is told so once, and the conversation goes on', async () => {
    const { client, hearing } = await listen()
    hearing.last.events.error(new InferenceError('the ears broke'))
    expect(await client.until('error')).toMatchObject({ code: 'inference', message: 'the ears broke' })
    client.sendSound('audio', CHUNK)
    client.sendSound('audio', CHUNK)
    await round(client)
    expect(hearing.microphones).toHaveLength(1)
    expect(client.events('error')).toHaveLength(1)
    client.send({ type: 'say', text: 'Tone 440.' })
    await client.until('turn-end')
  })

  it('is closed with its session', async () => {
    const { client, hearing, transcriber, says } = await listen()
    says(100)
    await transcriber.asked(1)
    await client.close()
    await served!.close()
    expect(hearing.last.isEnded).toBe(true)
    expect(transcriber.requests[0]!.signal.aborted).toBe(true)
    expect(served!.unexpected).toEqual([])
  })

  it('is refused where nobody listens', async () => {
    served = await serveConversations(new ScriptedLine().catalogue)
    client = await PlainClient.connect(served.url)
    client.sendSound('audio', CHUNK)
    expect(await client.until('error')).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/Nobody listens here/) as string,
    })
  })
})

describe('what the agent says', () => {
  /** A session in which a turn of 2 s has been sent, whose client tells its playhead; the microphone is at 20 ms. */
  async function speaking(): Promise<Listened> {
    const listened = await listen({ seconds: 2 })
    listened.client.send({ type: 'say', text: 'Tone 440.' })
    // From now on the turn is where its client says, however long the machine takes.
    listened.client.send({ type: 'playhead', turn: 1, timestamp: 0 })
    await listened.client.until('turn-end')
    return listened
  }

  /** The microphone hears so many more samples. */
  async function hears(client: PlainClient, samples: number): Promise<void> {
    client.sendSound('audio', new Float32Array(samples))
    await round(client)
  }

  const timesOf = ({ hearing }: Listened): number[] => hearing.last.announced.map(({ at }) => at)

  it('is announced where the microphone will be, a second ahead', async () => {
    const listened = await speaking()
    const zero = timesOf(listened)[0]!
    // It began when the first packet left; a busy machine takes a moment to note that.
    expect(Math.abs(zero - 20_000)).toBeLessThan(40_000)
    expect(timesOf(listened)).toEqual(Array.from({ length: 11 }, (_, n) => zero + n * 100_000))
    await hears(listened.client, 16_000)
    listened.client.send({ type: 'playhead', turn: 1, timestamp: 990_000 })
    await round(listened.client)
    expect(timesOf(listened)).toEqual(Array.from({ length: 20 }, (_, n) => zero + n * 100_000))
    expect(listened.hearing.last.quietFrom).toEqual([])
  })

  it('is announced anew when it is played at another time', async () => {
    const listened = await speaking()
    const { client, hearing } = listened
    await hears(client, 16_000)
    // Half a second after the time at which it was expected.
    client.send({ type: 'playhead', turn: 1, timestamp: 500_000 })
    await round(client)
    expect(hearing.last.quietFrom).toEqual([1_020_000])
    expect(timesOf(listened).slice(-11)).toEqual(
      Array.from({ length: 11 }, (_, n) => 1_020_000 + n * 100_000),
    )
  })

  it('is not waited for when it is cut short', async () => {
    const { client, hearing } = await speaking()
    client.send({ type: 'interrupt' })
    await round(client)
    expect(hearing.last.quietFrom).toEqual([20_000 + 300_000])
    const before = hearing.last.announced.length
    await hears(client, 16_000)
    expect(hearing.last.announced).toHaveLength(before)
  })
})

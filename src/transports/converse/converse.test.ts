import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { connectConverse } from '../../client/client.js'
import type { ServerEvent, WireAudio } from '../../client/protocol.js'
import { InferenceError, PhizError } from '../../errors.js'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import type { AvatarServices } from '../../stages/avatar/job.js'
import type { Reply } from '../../stages/reply/reply.js'
import { isEnd, servedForEachTest } from './fixtures/each-test.js'
import { SAMPLE_RATE, ScriptedLine } from './fixtures/scripted-line.js'
import type { Talker } from './fixtures/served.js'

const serve = servedForEachTest(afterEach)

const isCancel =
  (turn: number) =>
  (event: ServerEvent): boolean =>
    event.type === 'turn-cancel' && event.turn === turn
const isError = (event: ServerEvent): boolean => event.type === 'error'

/** Strength of a frequency in a sound, 0 to 1 for a sine of full scale (Goertzel). */
function strengthAt(hertz: number, packets: readonly WireAudio[]): number {
  let [cosine, sine, count] = [0, 0, 0]
  for (const { samples } of packets) {
    for (const sample of samples) {
      const angle = (2 * Math.PI * hertz * count) / SAMPLE_RATE
      cosine += sample * Math.cos(angle)
      sine += sample * Math.sin(angle)
      count += 1
    }
  }
  return (2 * Math.hypot(cosine, sine)) / Math.max(1, count)
}

describe('a turn', () => {
  it('is all that was promised: start, captions, sound, weights and pictures in step, end with its measures', async () => {
    const { talk } = await serve(new ScriptedLine({ seconds: 1 }))
    const talker = await talk()
    expect(talker.client.session).toMatchObject({
      type: 'session-start',
      version: 1,
      engines: { speech: 'scripted' },
      audio: { sampleRate: SAMPLE_RATE },
      motion: { fps: 30, names: BLENDSHAPE_NAMES },
      video: { fps: 30, width: 64, height: 64 },
      settings: { avatar: null, quality: 80, size: 64, streams: ['audio', 'motion', 'frames'] },
      limits: { text: 10_000, ahead: 2_000_000 },
    })
    talker.client.say('Tone 440 here. Tone 440 again.')
    await talker.until(isEnd(1))

    const { events } = talker
    expect(events[1]).toEqual({ type: 'turn-start', turn: 1, source: 'say' })
    const captions = events.filter(({ type }) => type === 'caption')
    expect(captions).toEqual([
      { type: 'caption', turn: 1, index: 0, text: 'Tone 440 here.', timestamp: 0 },
      { type: 'caption', turn: 1, index: 0, text: 'Tone 440 here.', timestamp: 0, duration: 1_000_000 },
      { type: 'caption', turn: 1, index: 1, text: 'Tone 440 again.', timestamp: 1_000_000 },
      {
        type: 'caption',
        turn: 1,
        index: 1,
        text: 'Tone 440 again.',
        timestamp: 1_000_000,
        duration: 1_000_000,
      },
    ])
    const [audio, motion, frames] = [
      talker.packets('audio'),
      talker.packets('motion'),
      talker.packets('frame'),
    ]
    expect(audio.map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 20 }, (_, i) => i * 100_000))
    expect(strengthAt(440, audio)).toBeCloseTo(0.5, 2)
    for (const packets of [motion, frames]) {
      expect(packets.map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, i) => i))
      expect(packets[59]!.timestamp + packets[59]!.duration).toBe(2_000_000)
    }
    expect([...frames[0]!.jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8])
    const first = events
      .filter(({ type }) => type === 'stats')
      .flatMap((event) => Object.keys(event).slice(2))
    expect(first.sort()).toEqual(['first_audio_ms', 'first_frame_ms', 'first_motion_ms'])
    const end = talker.received.at(-1)
    expect(end).toMatchObject({
      type: 'turn-end',
      stats: { audio_ms: 2000, av_skew_ms: 0, dropped_frames: 0 },
    })
    expect(end).not.toHaveProperty('error')
    expect(end).toHaveProperty(['stats', 'realtime_factor', 'speech'])
  })

  it('that fails ends with its error, and the next one speaks', async () => {
    const line = new ScriptedLine()
    const { talk, unexpected } = await serve(line)
    const talker = await talk()
    line.beforePacket = (index) => {
      if (index === 2) throw new InferenceError('the voice broke')
    }
    talker.client.say('Tone 440.')
    expect(await talker.until(isEnd(1))).toMatchObject({
      error: { code: 'inference', message: 'the voice broke' },
    })
    line.beforePacket = () => undefined
    talker.client.say('Tone 440.')
    expect(await talker.until(isEnd(2))).not.toHaveProperty('error')
    expect(talker.packets('audio', 2)).toHaveLength(5)
    expect(unexpected).toEqual([])
  })

  it('makes only what is wanted', async () => {
    const line = new ScriptedLine()
    const { talk } = await serve(line)
    const talker = await talk()
    talker.client.set({ streams: ['audio'] })
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    expect([talker.packets('audio').length, talker.packets('motion'), line.looks]).toEqual([5, [], []])
    talker.client.set({ streams: ['frames'] })
    talker.client.say('Tone 440.')
    await talker.until(isEnd(2))
    expect([talker.packets('audio', 2), talker.packets('motion', 2)]).toEqual([[], []])
    expect([talker.packets('frame', 2).length, line.looks.length]).toEqual([15, 15])
  })
})

describe('an interruption', () => {
  it('is told at once, and nothing of the old turn follows it', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { url, outcomes } = await serve(line)
    line.beforePacket = () => sleep(1)
    // Without the client, which of its own accord lets nothing of an old turn through.
    const socket = new WebSocket(url)
    const seen: string[] = []
    socket.on('message', (data: Buffer, isBinary) => {
      const event = isBinary ? undefined : (JSON.parse(data.toString()) as ServerEvent)
      if (event === undefined) seen.push(`packet ${data.readUInt32LE(4)}`)
      else if (event.type === 'turn-start' || event.type === 'turn-cancel')
        seen.push(`${event.type} ${event.turn}`)
    })
    const packets = async (turn: number): Promise<void> => {
      while (seen.filter((one) => one === `packet ${turn}`).length < 20) await sleep(2)
    }
    await once(socket, 'message')
    const say = (text: string): void => {
      socket.send(JSON.stringify({ type: 'say', text }))
    }
    say('Tone 440.')
    await packets(1)
    say('Tone 880.')
    await packets(2)
    socket.send(JSON.stringify({ type: 'interrupt' }))
    while (seen.at(-1) !== 'turn-cancel 2') await sleep(2)
    while (line.open > 0) await sleep(1)
    await sleep(20)
    expect(seen.at(-1)).toBe('turn-cancel 2')
    const steps = seen.filter((one, i) => one !== seen[i - 1])
    expect(steps).toEqual([
      'turn-start 1',
      'packet 1',
      'turn-cancel 1',
      'turn-start 2',
      'packet 2',
      'turn-cancel 2',
    ])
    expect(outcomes).toEqual(['cancelled', 'cancelled'])
    socket.terminate()
  })

  it('silences the client before the server has answered', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { talk } = await serve(line)
    const talker = await talk()
    line.beforePacket = () => sleep(1)
    talker.client.say('Tone 440.')
    while (talker.packets('audio').length < 2) await sleep(1)
    talker.client.interrupt()
    const heard = talker.packets('audio').length
    await talker.until(isCancel(1))
    expect(talker.packets('audio')).toHaveLength(heard)
    expect(talker.client.live).toBeUndefined()
  })

  it('while nobody speaks does nothing', async () => {
    const { talk } = await serve(new ScriptedLine())
    const talker = await talk()
    talker.client.interrupt()
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    expect(talker.events.some(({ type }) => type === 'turn-cancel' || type === 'error')).toBe(false)
  })
})

describe('the playhead', () => {
  it('holds the line to two seconds ahead of what was played, and tells what was heard', async () => {
    const line = new ScriptedLine({ seconds: 4 })
    const { talk } = await serve(line)
    const talker = await talk()
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index) => (index === 3 ? held : undefined)
    talker.client.say('Tone 440 one two. Tone 440 three four.')
    await talker.until(({ type }) => type === 'stats')
    talker.client.playhead(1, 100_000)
    // Its answer comes when the playhead has been looked at.
    talker.client.set({})
    await talker.until(({ type }) => type === 'setting-change')
    go()
    while (line.made < 21) await sleep(5)
    await sleep(60)
    expect(line.made).toBeLessThanOrEqual(22)
    talker.client.playhead(1, 4_000_000)
    talker.client.playhead(1, 6_000_000)
    while (line.made < 80) await sleep(5)
    await talker.until(isEnd(1))
  })

  it('leaves out pictures that would come after their sound was heard', async () => {
    const line = new ScriptedLine({ seconds: 3 })
    const { talk } = await serve(line)
    const talker = await talk()
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index) => (index === 5 ? held : undefined)
    talker.client.say('Tone 440.')
    while (talker.packets('frame').length < 14) await sleep(5)
    talker.client.playhead(1, 1_000_000)
    talker.client.set({})
    await talker.until(({ type }) => type === 'setting-change')
    go()
    const end = await talker.until(isEnd(1))
    const shown = talker.packets('frame').map(({ timestamp }) => timestamp)
    const late = shown.filter((timestamp) => timestamp > 500_000 && timestamp < 1_000_000)
    expect(late).toEqual([])
    expect(shown.at(-1)).toBeGreaterThan(2_900_000)
    expect(end).toMatchObject({ stats: { dropped_frames: 90 - shown.length } })
    expect(talker.packets('audio')).toHaveLength(30)
  })

  it('cuts what was heard at the word', async () => {
    const line = new ScriptedLine({ seconds: 2 })
    const { talk } = await serve(line)
    const talker = await talk()
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index, text) => (text.includes('five') && index === 15 ? held : undefined)
    talker.client.say('Tone 440 one two. Tone 440 five six. Tone 440 more.')
    await talker.until((event) => event.type === 'caption' && event.index === 1)
    talker.client.playhead(1, 2_700_000)
    while (line.made < 35) await sleep(5)
    talker.client.interrupt()
    expect(await talker.until(isCancel(1))).toMatchObject({ heard: 'Tone 440 one two. Tone 440' })
    go()
  })

  it('of a turn that was not yet is refused, of one that is over is let pass', async () => {
    const { talk } = await serve(new ScriptedLine({ seconds: 0.1 }))
    const talker = await talk()
    talker.client.playhead(7, 0)
    expect(await talker.until(isError)).toEqual({
      type: 'error',
      code: 'invalid-input',
      message: 'turn is 7; this session has had 0.',
      field: 'turn',
    })
    talker.client.set({ streams: ['audio'] })
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    talker.client.say('Tone 440.')
    talker.client.playhead(1, 50_000)
    await talker.until(isEnd(2))
    expect(talker.events.filter(isError)).toHaveLength(1)
  })
})

describe('settings', () => {
  it('act from the next clause, packet or turn, as the answer says', async () => {
    const line = new ScriptedLine({ seconds: 1 })
    const { talk } = await serve(line)
    const talker = await talk()
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    line.beforePacket = (index, text) => (text.includes('first') && index === 5 ? held : undefined)
    talker.client.say('Tone 440 first. Tone 440 second.')
    await talker.until(({ type }) => type === 'stats')
    talker.client.set({ voice: { rate: 1.5 }, emotion: 'happy', fps: 12, streams: ['audio', 'frames'] })
    const change = await talker.until(({ type }) => type === 'setting-change')
    expect(change).toMatchObject({
      settings: { voice: { rate: 1.5, pitch: 0 }, emotion: 'happy', fps: 12 },
      effect: { voice: 'next-clause', emotion: 'next-clause', fps: 'next-packet', streams: 'next-packet' },
    })
    const before = talker.packets('motion').length
    go()
    await talker.until(isEnd(1))
    expect(line.begun.map(({ voice }) => voice)).toEqual([
      { rate: 1, pitch: 0 },
      { rate: 1.5, pitch: 0, emotion: [1, 0, 0, 0, 0, 0, 0, 0] },
    ])
    expect(talker.packets('motion').length).toBeLessThan(before + 3)
    expect(talker.packets('frame')).toHaveLength(60)
    talker.client.say('Tone 440.')
    await talker.until(isEnd(2))
    expect(line.videos.at(-1)).toEqual({ avatar: undefined, quality: 80, fps: 12, size: 64 })
  })

  it('give the face an emotion that voices do not know', async () => {
    const line = new ScriptedLine()
    const { talk } = await serve(line)
    const talker = await talk()
    talker.client.set({ emotion: 'contempt' })
    expect(await talker.until(({ type }) => type === 'setting-change')).toMatchObject({
      effect: { emotion: 'next-turn' },
    })
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    expect([line.emotions, line.begun[0]!.voice]).toEqual([['contempt'], { rate: 1, pitch: 0 }])
  })

  it('name an avatar of the store, and none that is not there', async () => {
    const line = new ScriptedLine()
    const store = {
      folderOf: (id: string) => `/avatars/${id}`,
      get: (id: string) =>
        id === 'ann'
          ? Promise.resolve({ id })
          : Promise.reject(new PhizError('not-found', `There is no avatar "${id}".`)),
    }
    const { talk } = await serve(line, { avatars: { store } as unknown as AvatarServices })
    const talker = await talk()
    talker.client.set({ avatar: 'bob', quality: 50 })
    expect(await talker.until(isError)).toMatchObject({ code: 'not-found', field: 'avatar' })
    talker.client.set({ avatar: 'ann' })
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    expect(line.videos.at(-1)).toMatchObject({ avatar: 'ann', quality: 80 })
  })
})

describe('asking', () => {
  it('speaks an answer while it is written, and the next question comes with what was heard', async () => {
    const line = new ScriptedLine({ seconds: 2 })
    const asked: unknown[] = []
    let go = (): void => undefined
    const held = new Promise<void>((resolve) => (go = resolve))
    const reply: Reply = {
      name: 'scripted',
      async *answer(messages, signal) {
        asked.push(messages)
        yield 'Tone 440 is one. '
        yield 'Tone 440 is '
        await Promise.race([held, once(signal, 'abort')])
        signal.throwIfAborted()
        yield 'two.'
      },
    }
    const { talk } = await serve(line, { reply, history: { systemPrompt: 'Be brief.' } })
    const talker = await talk()
    talker.client.ask('What is there?')
    // The first clause is heard while the second is being written.
    await talker.until((event) => event.type === 'caption' && event.index === 0)
    talker.client.playhead(1, 1_000_000)
    while (talker.packets('audio').length < 20) await sleep(5)
    talker.client.ask('Again?')
    expect(await talker.until(isCancel(1))).toMatchObject({ heard: 'Tone 440' })
    go()
    await talker.until((event) => event.type === 'caption' && event.turn === 2)
    expect(asked[1]).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is there?' },
      { role: 'assistant', content: 'Tone 440 —' },
      { role: 'user', content: 'Again?' },
    ])
    const deltas = talker.events.filter((event) => event.type === 'text-delta' && event.turn === 1)
    expect(deltas.map((event) => 'text' in event && event.text)).toEqual([
      'Tone 440 is one. ',
      'Tone 440 is ',
    ])
  })

  it('is refused where nobody answers', async () => {
    const { talk } = await serve(new ScriptedLine())
    const talker = await talk()
    talker.client.ask('Anybody?')
    expect(await talker.until(isError)).toMatchObject({ code: 'unavailable' })
  })
})

describe('speech that is sent', () => {
  it('comes back with a face', async () => {
    const { talk } = await serve(new ScriptedLine())
    const talker = await talk()
    const tone = Float32Array.from(
      { length: 8000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 600 * i) / 16_000),
    )
    talker.client.sendSpeech(tone.subarray(0, 3000), 16_000)
    talker.client.sendSpeech(tone.subarray(3000), 16_000)
    talker.client.endSpeech(16_000)
    await talker.until(isEnd(1))
    expect(talker.events[1]).toMatchObject({ type: 'turn-start', source: 'speech' })
    expect(strengthAt(600, talker.packets('audio'))).toBeCloseTo(0.5, 2)
    expect(talker.packets('frame')).toHaveLength(15)
  })

  it('at an impossible rate, or into a microphone that nobody hears, is refused', async () => {
    const { talk } = await serve(new ScriptedLine())
    const talker = await talk()
    talker.client.sendSpeech(new Float32Array(10), 7)
    expect(await talker.until(isError)).toMatchObject({ field: 'sampleRate', code: 'invalid-input' })
    talker.client.sendAudio(new Float32Array(10), 16_000)
    await talker.until((event) => event.type === 'error' && event.code === 'unavailable')
  })
})

describe('several conversations', () => {
  it('hear only their own', async () => {
    const { talk } = await serve(new ScriptedLine({ seconds: 1 }))
    const [ann, bob] = await Promise.all([talk(), talk()])
    ann.client.say('Tone 500. Tone 500.')
    bob.client.say('Tone 1500. Tone 1500.')
    await Promise.all([ann.until(isEnd(1)), bob.until(isEnd(1))])
    const strengths = ({ packets }: Talker): number[] =>
      [500, 1500].map((hertz) => Math.round(100 * strengthAt(hertz, packets('audio'))) / 100)
    expect([strengths(ann), strengths(bob)]).toEqual([
      [0.5, 0],
      [0, 0.5],
    ])
    expect(ann.client.session.session).not.toBe(bob.client.session.session)
  })

  it('are four; the fifth is refused with a reason and may come when one has left', async () => {
    const { talk, url } = await serve(new ScriptedLine())
    const talkers = await Promise.all([talk(), talk(), talk(), talk()])
    const fifth = new WebSocket(url)
    const [data] = (await once(fifth, 'message')) as [Buffer]
    expect(JSON.parse(data.toString())).toEqual({
      type: 'error',
      code: 'overload',
      message: 'All 4 conversations are taken; try again later.',
    })
    expect((await once(fifth, 'close'))[0]).toBe(1013)
    await expect(connectConverse({ url, WebSocket })).rejects.toMatchObject({ code: 'overload' })
    talkers[0].client.close()
    for (;;) {
      const next = await talk().catch(() => undefined)
      if (next !== undefined) break
      await sleep(5)
    }
  })

  it('end with their client, in the middle of a turn', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { talk, outcomes } = await serve(line)
    const talker = await talk()
    line.beforePacket = () => sleep(1)
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'stats')
    talker.client.close()
    while (line.open > 0) await sleep(1)
    while (outcomes.length === 0) await sleep(1)
    expect(outcomes).toEqual(['cancelled'])
  })

  it('go on beside a client that does not read, of whose turn no more is made than fits on its way', async () => {
    const line = new ScriptedLine({ seconds: 300, frameBytes: 60_000 })
    const { talk, url } = await serve(line)
    const slow = new WebSocket(url)
    await once(slow, 'message')
    slow.pause()
    slow.send(JSON.stringify({ type: 'say', text: 'Tone 440.' }))
    let made = -1
    while (made !== line.made || made === 0) {
      made = line.made
      await sleep(150)
    }
    // What the system's buffers hold, and the window of two seconds: far from the 3000 packets of the turn.
    expect(line.made).toBeLessThan(400)
    const talker = await talk()
    line.beforePacket = (index, text) =>
      text.includes('880') && index === 3 ? Promise.reject(new InferenceError('enough')) : undefined
    talker.client.say('Tone 880.')
    await talker.until(isEnd(1))
    slow.terminate()
  })

  it('go on beside one that sends 100 MB', async () => {
    const { talk, url } = await serve(new ScriptedLine())
    const talker = await talk()
    const hostile = new WebSocket(url)
    hostile.on('error', () => undefined)
    await once(hostile, 'message')
    hostile.send(Buffer.alloc(100 * 1024 * 1024))
    expect((await once(hostile, 'close'))[0]).toSatisfy((code) => code === 1009 || code === 1006)
    talker.client.say('Tone 440.')
    await talker.until(isEnd(1))
    expect(talker.packets('audio')).toHaveLength(5)
    // It is not waited for: its seat is another's at once.
    for (let others = 0; others < 3; others += 1) await vi.waitFor(() => talk(), { timeout: 10_000 })
  })
})

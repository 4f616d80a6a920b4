import { expect, it } from 'vitest'
import { createApp } from '../../app.js'
import { configSchema } from '../../config/schema.js'
import type { ServerEvent } from '../../client/protocol.js'
import { serveConversations } from './fixtures/served.js'

it('speaks with the embedded engines: sound that is heard, a mouth that moves, pictures, in step', async () => {
  await using app = createApp(configSchema.parse({ speech: { engine: 'espeak' }, video: { size: 128 } }))
  const served = await serveConversations(app.catalogue)
  try {
    const talker = await served.talk()
    const { audio, video } = talker.client.session
    talker.client.set({ emotion: 'happy', fps: 20 })
    talker.client.say('Hello. 你好。')
    const end = await talker.until(({ type }: ServerEvent) => type === 'turn-end')
    expect(end).not.toHaveProperty('error')
    const sound = talker.packets('audio')
    expect(new Set(sound.map(({ sampleRate }) => sampleRate))).toEqual(new Set([audio.sampleRate]))
    expect(Math.max(...sound.flatMap(({ samples }) => [...samples]))).toBeGreaterThan(0.1)
    const jaw = talker.client.session.motion.names.indexOf('jawOpen')
    const openings = talker.packets('motion').map(({ weights }) => weights[jaw]!)
    expect(Math.max(...openings) - Math.min(...openings)).toBeGreaterThan(0.1)
    const frames = talker.packets('frame')
    expect(frames.every(({ jpeg }) => jpeg[0] === 0xff && jpeg[1] === 0xd8)).toBe(true)
    expect([video.width, frames[1]!.timestamp]).toEqual([128, 50_000])
    const ends = [sound, frames].map((packets) => packets.at(-1)!).map((one) => one.timestamp + one.duration)
    expect(Math.abs(ends[0]! - ends[1]!)).toBeLessThanOrEqual(50_000)
    const captions = talker.events.filter((event) => event.type === 'caption').map(({ text }) => text)
    expect(captions).toEqual(['Hello.', 'Hello.', '你好。', '你好。'])
    expect(served.unexpected).toEqual([])
  } finally {
    await served.close()
  }
})

import { from, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import type { TextPacket } from '../../pipeline/packet.js'
import { Turn } from '../../pipeline/turn.js'
import { segmentText, type SegmentTextOptions } from './stage.js'

const packet = (text: string, more: Partial<TextPacket> = {}): TextPacket => ({
  kind: 'text',
  turn: 'turn-1',
  timestamp: 0,
  duration: 0,
  text,
  ...more,
})

async function run(packets: readonly TextPacket[], options?: SegmentTextOptions): Promise<TextPacket[]> {
  const turn = new Turn({ id: 'turn-1' })
  return lastValueFrom(from(packets).pipe(segmentText(options).open(turn), toArray()))
}

const textsOf = (packets: readonly TextPacket[]): string[] => packets.map(({ text }) => text)

describe('segmentText', () => {
  it('gives a packet for each sentence, with language and voice of its text', async () => {
    const voice = { rate: 1.2 }
    const segments = await run([packet('One. Two.', { language: 'en', voice })])
    expect(segments).toEqual([
      packet('One.', { language: 'en', voice }),
      packet('Two.', { language: 'en', voice }),
    ])
  })

  it('takes the packets of a turn as pieces of one text', async () => {
    expect(textsOf(await run([packet('Hel'), packet('lo the'), packet('re. Go'), packet('od.')]))).toEqual([
      'Hello there.',
      'Good.',
    ])
  })

  it('ends a segment where the voice changes', async () => {
    const happy = { emotion: [1, 0, 0, 0, 0, 0, 0, 0] }
    const sad = { emotion: [0, 0, 1, 0, 0, 0, 0, 0] }
    const segments = await run([
      packet('I am', { voice: happy }),
      packet(' happy and', { voice: { emotion: [...happy.emotion] } }),
      packet('sad', { voice: sad }),
    ])
    expect(segments).toEqual([packet('I am happy and', { voice: happy }), packet('sad', { voice: sad })])
  })

  it('refuses a text over the limit, counted over all its packets', async () => {
    await expect(run([packet('a'.repeat(10_001))])).rejects.toThrow(/10001 characters; at most 10000/)
    const long = run([packet('Hello. '), packet('Hello. ')], { maxCharacters: 10 })
    await expect(long).rejects.toThrow(InputError)
    await expect(long).rejects.toThrow(/14 characters; at most 10/)
  })

  it.each(['', ' \n', '😀', '...', '\u200b\ud800'])('refuses %j: nothing to speak', async (text) => {
    const empty = run([packet(text)])
    await expect(empty).rejects.toThrow(InputError)
    await expect(empty).rejects.toThrow(/nothing to speak/i)
  })
})

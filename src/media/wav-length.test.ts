import { describe, expect, it } from 'vitest'
import { announcedWavSeconds } from './wav-length.js'
import { encodeWav } from './wav.js'

const wav = encodeWav(new Float32Array(8000), 16_000)

/** The same WAV with another chunk before its samples. */
function withChunk(tag: string, body: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(8)
  chunk.write(tag, 'latin1')
  chunk.writeUInt32LE(body.length, 4)
  const padding = new Uint8Array(body.length % 2)
  return Buffer.concat([wav.subarray(0, 36), chunk, body, padding, wav.subarray(36)])
}

describe('announcedWavSeconds', () => {
  it('is what the header says, however much of the file is there', () => {
    expect(announcedWavSeconds(wav)).toBe(0.5)
    expect(announcedWavSeconds(wav.subarray(0, 44))).toBe(0.5)
    expect(announcedWavSeconds(withChunk('LIST', new Uint8Array(7)))).toBe(0.5)
  })

  it('reads the 64-bit size of an RF64', () => {
    const sizes = Buffer.alloc(28)
    sizes.writeBigUInt64LE(32_000n * 7200n, 8)
    const long = Buffer.from(withChunk('ds64', sizes))
    long.write('RF64', 'latin1')
    long.fill(0xff, 4, 8)
    long.fill(0xff, 36 + 36 + 4, 36 + 36 + 8)
    expect(announcedWavSeconds(long)).toBe(7200)
  })

  it('is unknown for an open end, for a header that is cut, and for what is no WAV', () => {
    expect(announcedWavSeconds(wav.slice().fill(0xff, 40, 44))).toBeUndefined()
    expect(announcedWavSeconds(wav.slice().fill(0, 40, 44))).toBeUndefined()
    expect(announcedWavSeconds(wav.subarray(0, 30))).toBeUndefined()
    expect(announcedWavSeconds(new Uint8Array(100))).toBeUndefined()
    expect(announcedWavSeconds(new Uint8Array(0))).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { MjpegError, MjpegParser, MOST_PICTURE_BYTES } from './mjpeg.js'

const TYPE = 'multipart/x-mixed-replace; boundary=frame'
/** Pictures that hold what looks like the boundary, or is short of it. */
const PICTURES = ['one', '\r\n--fram', 'x'.repeat(5000), '\r\n\r\n', 'last'].map((text) => Buffer.from(text))

function stream(pictures: readonly Buffer[], { length = true, end = '--frame--\r\n' } = {}): Buffer {
  const parts = pictures.map((picture) =>
    Buffer.concat([
      Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\n`),
      Buffer.from(length ? `Content-Length: ${picture.length}\r\n\r\n` : '\r\n'),
      picture,
      Buffer.from('\r\n'),
    ]),
  )
  return Buffer.concat([...parts, Buffer.from(end)])
}

function parse(bytes: Buffer, pieceLength: number, type = TYPE): string[] {
  const parser = new MjpegParser(type)
  const pictures: string[] = []
  for (let at = 0; at < bytes.length; at += pieceLength) {
    for (const picture of parser.push(bytes.subarray(at, at + pieceLength))) {
      pictures.push(Buffer.from(picture).toString())
    }
  }
  return pictures
}

describe('MjpegParser', () => {
  const wanted = PICTURES.map(String)

  it.each([true, false])('gives the same pictures however the stream is cut (lengths told: %s)', (length) => {
    const bytes = stream(PICTURES, { length })
    for (const pieceLength of [1, 2, 3, 7, 64, 1000, bytes.length]) {
      expect(parse(bytes, pieceLength)).toEqual(wanted)
    }
  })

  it('knows boundaries in quotes and with their dashes, and a preamble', () => {
    const bytes = Buffer.concat([Buffer.from('hello\r\n'), stream(PICTURES)])
    expect(parse(bytes, 10, 'multipart/x-mixed-replace;boundary="frame"')).toEqual(wanted)
    expect(parse(bytes, 10, 'Multipart/X-Mixed-Replace; boundary=--frame')).toEqual(wanted)
  })

  it('takes nothing after the end, and waits for what is not there yet', () => {
    expect(parse(Buffer.concat([stream(PICTURES), stream(PICTURES)]), 100)).toEqual(wanted)
    expect(parse(stream(PICTURES, { end: '' }).subarray(0, -10), 100)).toEqual(wanted.slice(0, -1))
  })

  it.each([
    ['another type', () => new MjpegParser('text/html')],
    ['no type', () => new MjpegParser(undefined)],
    ['no boundary', () => parse(Buffer.alloc(10_000), 1000)],
    ['endless headers', () => parse(Buffer.from(`--frame\r\n${'x'.repeat(10_000)}`), 1000)],
    [
      'a length beyond all bounds',
      () => parse(Buffer.from('--frame\r\nContent-Length: 99999999\r\n\r\n'), 10),
    ],
    [
      'an endless picture',
      () =>
        parse(Buffer.concat([Buffer.from('--frame\r\n\r\n'), Buffer.alloc(MOST_PICTURE_BYTES + 2)]), 1 << 20),
    ],
  ])('refuses %s', (_title, parseIt) => {
    expect(parseIt).toThrow(MjpegError)
  })
})

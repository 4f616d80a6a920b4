import { describe, expect, it } from 'vitest'
import { InputError } from '../../../errors.js'
import { parseMultipart } from './multipart.js'

const TYPE = 'multipart/form-data; boundary=edge'

function body(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

describe('parseMultipart', () => {
  it('gives text and files, byte for byte, and the last of equal names', () => {
    const form = body(
      'preamble',
      '--edge',
      'Content-Disposition: form-data; name="id_idx"',
      '',
      '3',
      '--edge',
      'Content-Type: audio/wav',
      'content-disposition: form-data; filename="name=a;b.wav"; name=audio_file',
      '',
      '\0\xff\r\n--edg\r\n',
      '--edge',
      'Content-Disposition: form-data; name="id_idx"',
      '',
      '',
      '--edge--',
      'epilogue',
    )
    expect(parseMultipart(form, 'Multipart/Form-Data; charset=utf-8; boundary="edge"')).toEqual({
      id_idx: '',
      audio_file: Buffer.from('\0\xff\r\n--edg\r\n', 'latin1'),
    })
  })

  it('agrees with what fetch writes', async () => {
    const data = new FormData()
    data.append('ex_vol', 'nö')
    data.append('audio_file', new Blob([new Uint8Array([1, 2, 3])]), 'ü "x".wav')
    const sent = new Response(data)
    const fields = parseMultipart(
      new Uint8Array(await sent.clone().arrayBuffer()),
      sent.headers.get('content-type')!,
    )
    expect(fields).toEqual({ ex_vol: 'nö', audio_file: Buffer.from([1, 2, 3]) })
  })

  it('takes an empty form', () => {
    expect(parseMultipart(body('--edge--', ''), TYPE)).toEqual({})
  })

  const part = ['--edge', 'Content-Disposition: form-data; name="a"', '', 'x'] as const
  it.each<[string, Uint8Array, string]>([
    ['nothing', body(), TYPE],
    ['no end', body(...part), TYPE],
    ['no blank line', body('--edge', 'Content-Disposition: form-data; name="a"', '--edge--'), TYPE],
    ['no name', body('--edge', 'Content-Disposition: form-data', '', 'x', '--edge--'), TYPE],
    ['headers without end', body('--edge', 'x'.repeat(5000), '', 'x', '--edge--'), TYPE],
    ['too many parts', body(...Array.from({ length: 40 }, () => part).flat(), '--edge--'), TYPE],
    ['no boundary', body(...part, '--edge--'), 'multipart/form-data'],
    ['another type', body(...part, '--edge--'), 'application/json'],
  ])('refuses %s', (_, bytes, type) => {
    expect(() => parseMultipart(bytes, type)).toThrow(InputError)
  })

  it('sets no prototype', () => {
    const form = body(
      '--edge',
      'Content-Disposition: form-data; name="__proto__"; filename=x',
      '',
      'y',
      '--edge--',
    )
    expect(Object.getPrototypeOf(parseMultipart(form, TYPE))).toBe(Object.prototype)
  })
})

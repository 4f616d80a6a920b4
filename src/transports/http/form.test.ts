import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../errors.js'
import { BodyTooLargeError } from './body.js'
import { readForm, SlowBodyError, type Form, type FormLimits } from './form.js'
import { UploadedFile } from './uploaded-file.js'

const TYPE = 'multipart/form-data; boundary=edge'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-form-'))
})
afterEach(() => rm(folder, { recursive: true }))

function lines(...parts: readonly string[]): Uint8Array {
  return Buffer.from(parts.join('\r\n'), 'latin1')
}

function requestOf(body: RequestInit['body'] | undefined, type = TYPE, signal?: AbortSignal): Request {
  return new Request('http://localhost/', {
    method: 'POST',
    headers: { 'content-type': type },
    ...(body !== undefined && { body, duplex: 'half' }),
    ...(signal && { signal }),
  })
}

/** A body that comes in pieces of so many bytes. */
function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) controller.close()
      else controller.enqueue(new Uint8Array(bytes.subarray(at, (at += size))))
    },
  })
}

function read(request: Request, limits: Partial<FormLimits> = {}): Promise<Form> {
  return readForm(request, { files: { file: 1000 }, folder, ...limits })
}

/** The fields of a form, its files as their bytes. */
async function contentOf(
  request: Request,
  limits: Partial<FormLimits> = {},
): Promise<Record<string, unknown>> {
  await using form = await read(request, limits)
  const content: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(form.fields)) {
    content[name] = value instanceof UploadedFile ? await readFile(value.path) : value
    if (value instanceof UploadedFile) expect(value.bytes).toBe((content[name] as Buffer).length)
  }
  return content
}

const whole = lines(
  'preamble',
  '--edge',
  'Content-Disposition: form-data; name="id"',
  '',
  '3',
  '--edge',
  'Content-Type: audio/wav',
  'content-disposition: form-data; filename="name=a;b.wav"; name=file',
  '',
  '\0\xff\r\n--edg\r\n',
  '--edge',
  'Content-Disposition: form-data; name="id"',
  '',
  '',
  '--edge--',
  'epilogue',
)

describe('readForm', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('gives text and files, byte for byte, in pieces of %i', async (size) => {
    expect(await contentOf(requestOf(inPieces(whole, size)))).toEqual({
      id: '',
      file: Buffer.from('\0\xff\r\n--edg\r\n', 'latin1'),
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('agrees with what fetch writes', async () => {
    const data = new FormData()
    data.append('text', 'nö')
    data.append('file', new Blob([new Uint8Array([1, 2, 3])]), 'ü "x".wav')
    data.append('other', new Blob(['read over']), 'other.bin')
    const request = new Request('http://localhost/', { method: 'POST', body: data })
    expect(await contentOf(request)).toEqual({ text: 'nö', file: Buffer.from([1, 2, 3]) })
  })

  it('takes an empty form and an empty file', async () => {
    expect(await contentOf(requestOf(lines('--edge--', '')))).toEqual({})
    const part = 'Content-Disposition: form-data; name="file"; filename=""'
    expect(await contentOf(requestOf(lines('--edge', part, '', '', '--edge--')))).toEqual({
      file: Buffer.alloc(0),
    })
  })

  const part = ['--edge', 'Content-Disposition: form-data; name="a"', '', 'x'] as const
  it.each<[string, Uint8Array | undefined, string]>([
    ['no body', undefined, TYPE],
    ['nothing', lines(), TYPE],
    ['no end', lines(...part), TYPE],
    ['a file without end', whole.subarray(0, 150), TYPE],
    ['no name', lines('--edge', 'Content-Disposition: form-data', '', 'x', '--edge--'), TYPE],
    ['too many parts', lines(...Array.from({ length: 33 }, () => part).flat(), '--edge--'), TYPE],
    ['no boundary', lines(...part, '--edge--'), 'multipart/form-data'],
    ['too long a boundary', lines(...part, '--edge--'), `multipart/form-data; boundary=${'x'.repeat(300)}`],
    ['another type', lines(...part, '--edge--'), 'application/x-www-form-urlencoded'],
  ])('refuses %s', async (_, body, type) => {
    await expect(read(requestOf(body, type))).rejects.toThrow(InputError)
    expect(await readdir(folder)).toEqual([])
  })

  it('takes as many parts as there may be', async () => {
    const body = lines(...Array.from({ length: 32 }, () => part).flat(), '--edge--')
    expect(await contentOf(requestOf(body))).toEqual({ a: 'x' })
  })

  it('sets no prototype', async () => {
    const body = lines('--edge', 'Content-Disposition: form-data; name="__proto__"', '', 'y', '--edge--')
    await using form = await read(requestOf(body))
    expect(Object.getPrototypeOf(form.fields)).toBe(Object.prototype)
    const file = lines(
      '--edge',
      'Content-Disposition: form-data; name="constructor"; filename="x"',
      '',
      'y',
      '--edge--',
    )
    expect(await contentOf(requestOf(file))).toEqual({})
  })

  describe('stops at a limit', () => {
    const head = '--edge\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'

    /** A form whose file never ends; tells how much of it was asked for. */
    function endless(start: string): { readonly stream: ReadableStream<Uint8Array>; sent: number } {
      const body = {
        sent: 0,
        stream: new ReadableStream<Uint8Array>({
          start: (controller) => {
            controller.enqueue(Buffer.from(start))
          },
          // As slow as a network, so that what is read after the refusal can be told from what was read before.
          pull: async (controller) => {
            await new Promise(setImmediate)
            body.sent += 1000
            controller.enqueue(new Uint8Array(1000))
            if (body.sent >= 10_000_000) controller.close()
          },
        }),
      }
      return body
    }

    it('of a file', async () => {
      const exactly = lines(head + 'x'.repeat(1000), '--edge--')
      expect(await contentOf(requestOf(exactly))).toHaveProperty('file.length', 1000)
      const over = lines(head + 'x'.repeat(1001), '--edge--')
      const refusal = read(requestOf(over))
      await expect(refusal).rejects.toThrow(BodyTooLargeError)
      await expect(refusal).rejects.toThrow('file is larger than 1000 bytes.')

      const body = endless(head)
      const refused = read(requestOf(body.stream)).catch(() => body.sent)
      expect(await refused).toBeLessThan(1_000_000)
      expect(await readdir(folder)).toEqual([])
    })

    it('of the whole body', async () => {
      const announced = new Request('http://localhost/', {
        method: 'POST',
        headers: { 'content-type': TYPE, 'content-length': '5000' },
      })
      await expect(read(announced, { maxBodyBytes: 4999 })).rejects.toThrow(
        'The body is larger than 4999 bytes.',
      )
      const body = endless(head.replace('"file"', '"other"'))
      const refused = read(requestOf(body.stream), { maxBodyBytes: 5000 }).catch(() => body.sent)
      expect(await refused).toBeLessThan(1_000_000)
    })

    it('of a text', async () => {
      const text = 'Content-Disposition: form-data; name="a"'
      const body = lines('--edge', text, '', 'x'.repeat(65_537), '--edge--')
      await expect(read(requestOf(body))).rejects.toThrow('a is larger than 65536 bytes.')
    })

    it('of time', async () => {
      const silent = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(Buffer.from(`${head}abc`))
        },
      })
      await expect(read(requestOf(silent), { maxTimeMs: 30 })).rejects.toThrow(SlowBodyError)
      expect(await readdir(folder)).toEqual([])
    })
  })

  it('ends with its client, and with its service', async () => {
    for (const whose of ['client', 'service']) {
      const gone = new AbortController()
      const stuck = new ReadableStream<Uint8Array>({
        pull: () => {
          gone.abort()
          return new Promise(() => undefined)
        },
      })
      const reading =
        whose === 'client'
          ? read(requestOf(stuck, TYPE, gone.signal))
          : read(requestOf(stuck), { signal: gone.signal })
      await expect(reading).rejects.toThrow(CancelledError)
    }
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.error(new Error('aborted'))
      },
    })
    await expect(read(requestOf(broken))).rejects.toThrow('The body broke off while it was read.')
    expect(await readdir(folder)).toEqual([])
  })

  it('reads over large parts that are damaged', async () => {
    const large = 'x'.repeat(200_000)
    const body = lines(
      '--edge',
      'Content-Disposition: dorm-data; name="file"; filename="f"',
      '',
      large,
      '--edge',
      'Content-Disposition: form-data; name="file"; filename="f"',
      '',
      'y',
      '--edge--',
    )
    for (const size of [1000, 1e6]) {
      const request = requestOf(inPieces(body, size))
      expect(await contentOf(request, { maxBodyBytes: 1e6 })).toEqual({ file: Buffer.from('y') })
    }
  })

  it('reads no faster than the disk writes', async () => {
    const bytes = new Uint8Array(16 * 2 ** 20)
    bytes.set(Buffer.from('--edge\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'))
    bytes.set(Buffer.from('\r\n--edge--'), bytes.length - 10)
    let mostInMemory = 0
    let at = 0
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const [upload = ''] = await readdir(folder)
        const written = await stat(join(folder, upload, '0')).catch(() => ({ size: 0 }))
        mostInMemory = Math.max(mostInMemory, at - written.size)
        if (at >= bytes.length) controller.close()
        else controller.enqueue(bytes.slice(at, (at += 65_536)))
      },
    })
    await using form = await read(requestOf(body), { files: { file: bytes.length } })
    expect((form.fields['file'] as UploadedFile).bytes).toBeGreaterThan(bytes.length - 200)
    expect(mostInMemory).toBeLessThan(2 ** 20)
  })

  it('survives thousands of damaged bodies, and leaves nothing of them', async () => {
    let seed = 1
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const outcomes = new Map<string, number>()
    for (let n = 0; n < 2000; n++) {
      const body = new Uint8Array(n % 2 === 0 ? whole : whole.subarray(0, random(whole.length)))
      for (let k = random(6); k > 0; k--) body[random(body.length)] = random(256)
      const request = requestOf(inPieces(body, 1 + random(body.length)))
      const outcome = await contentOf(request, { maxTimeMs: 5000 }).then(
        () => 'form',
        (error: unknown) => (error as Error).constructor.name,
      )
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect([...outcomes.keys()].toSorted()).toEqual(['InputError', 'form'])
    expect(await readdir(folder)).toEqual([])
  })
})

/** Films by another server: phiz's own DICE-Talk tap over a real socket, and servers that misbehave. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PORTRAIT } from '../../../../test/media/film-portrait.js'
import { CancelledError, InputError, UnavailableError } from '../../../errors.js'
import { ScriptedServer, type Script } from '../../../net/fixtures/scripted-server.js'
import { remoteAddress, type RemoteServer } from '../../../net/server.js'
import { gate, ScriptedFilm } from '../../../transports/taps/dicetalk-http/fixtures/scripted-film.js'
import { dicetalkTap, serveTap } from '../../../transports/taps/dicetalk-http/fixtures/served.js'
import type { FilmOptions, FilmSettings } from '../film.js'
import { fileKind } from './file-kind.js'
import { remoteFilm } from './film.js'

const AUDIO = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))

const settings: FilmSettings = {
  emotion: 'happy',
  refScale: 2.5,
  emoScale: 7,
  crop: true,
  inferenceSteps: 12,
  duration: 2,
  fps: 30,
  seed: 77,
  dynamicScale: 1.5,
  minResolution: 512,
  expandRatio: 0.4,
}

let folder: string
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-remote-film-'))
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(() => rm(folder, { recursive: true }))

/** Makes a film into a folder of its own, and tells what is in it then. */
async function make(
  server: RemoteServer,
  options: Partial<FilmOptions> = {},
  files: { portrait?: string; audio?: string } = {},
): Promise<{ error: unknown; files: string[]; output: string }> {
  const place = await mkdtemp(join(folder, 'out-'))
  const output = join(place, 'film.mp4')
  const { portrait = PORTRAIT, audio = AUDIO } = files
  const signal = new AbortController().signal
  const error: unknown = await remoteFilm({ server, pollMs: 20 })
    .make({ portrait, audio, output, settings }, { signal, ...options })
    .catch((reason: unknown) => reason)
  return { error, files: await readdir(place), output }
}

async function tap(film: ScriptedFilm): Promise<RemoteServer> {
  const served = await serveTap(dicetalkTap(await mkdtemp(join(folder, 'tap-')), film))
  stops.push(async () => served[Symbol.asyncDispose]())
  return { does: 'film', address: remoteAddress(served.base), timeoutMs: 5_000 }
}

describe('fileKind', () => {
  it.each([
    [[0xff, 0xd8, 0xff, 0xe0], 'image/jpeg', '.jpg'],
    [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png', '.png'],
    [[...Buffer.from('RIFF\n\r\0\xffWAVE', 'latin1')], 'audio/wav', '.wav'],
    [[...Buffer.from('ID3')], 'audio/mpeg', '.mp3'],
    [[0xff, 0xfb, 0x90], 'audio/mpeg', '.mp3'],
    [[1, 2, 3], 'application/octet-stream', ''],
    [[], 'application/octet-stream', ''],
  ])('%j begins %s', (head, type, ending) => {
    expect(fileKind(Uint8Array.from(head))).toEqual({ type, ending })
  })
})

describe('films by another phiz', () => {
  it('arrive as they were made, with every setting and both files as they are', async () => {
    let made: Buffer | undefined
    const sent: Buffer[] = []
    const film = new ScriptedFilm(async ({ portrait, audio }, { onProgress }) => {
      sent.push(await readFile(portrait), await readFile(audio))
      onProgress?.(0.5, 'Generating video...')
    })
    const { write } = film
    const server = await tap(
      new ScriptedFilm(film.script, async (request, options) => {
        expect(request.settings).toEqual(settings)
        await write(request, options)
        made = await readFile(request.output)
      }),
    )
    const told: number[] = []
    const { error, files, output } = await make(server, { onProgress: (done) => told.push(done) })
    expect(error).toBeUndefined()
    expect(files).toEqual(['film.mp4'])
    expect(made!.equals(await readFile(output))).toBe(true)
    expect(sent[0]!.equals(await readFile(PORTRAIT))).toBe(true)
    expect(sent[1]!.equals(await readFile(AUDIO))).toBe(true)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect([told[0], told.at(-1)]).toEqual([0, 1])
  })

  it('end at once when they are cancelled, and leave nothing', async () => {
    const held = gate()
    const engine = new ScriptedFilm(held.script)
    const server = await tap(engine)
    const stop = new AbortController()
    const making = make(server, { signal: stop.signal })
    await expect.poll(() => engine.running).toBe(1)
    stop.abort(new CancelledError())
    const { error, files } = await making
    expect(error).toBeInstanceOf(CancelledError)
    expect(files).toEqual([])
    held.open()
  })

  it('fail with what the server says of the files', async () => {
    const text = join(folder, 'text.png')
    await writeFile(text, 'no picture')
    const server = await tap(new ScriptedFilm())
    const refused = await make(server, {}, { portrait: text })
    expect(refused.error).toBeInstanceOf(InputError)
    expect((refused.error as Error).message).toContain('Invalid image file type')
    const missing = await make(server, {}, { audio: '/no/such.wav' })
    expect(missing.error).toBeInstanceOf(InputError)
    expect((missing.error as Error).message).toContain('audio: /no/such.wav cannot be read')
    const failing = await tap(
      new ScriptedFilm(() => {
        throw new InputError('image: there is no face in it')
      }),
    )
    const { error, files } = await make(failing)
    expect((error as Error).message).toMatch(/could not do its work: .*no face/)
    expect(files).toEqual([])
  })
})

type Http = NonNullable<Script['http']>

/** A DICE-Talk server that takes a task and goes on as a test wants. */
function dicetalk(next: (route: string, ...args: Parameters<Http>) => void): Http {
  return (request, response, server) => {
    request.resume()
    if (request.method === 'POST')
      afterBody(request, () => response.end('{"task_id":"one","status":"PENDING"}'))
    else next(request.url!.split('/').at(-1)!, request, response, server)
  }
}

function afterBody(request: IncomingMessage, then: () => void): void {
  request.on('end', then)
}

const completed = '{"task_id":"one","status":"COMPLETED","progress":1,"message":""}'

describe('a server that misbehaves', () => {
  const failing: [string, Http, RegExp][] = [
    ['is silent', () => undefined, /said nothing for/],
    [
      'has too much to do',
      (request, response) =>
        afterBody(request.resume(), () => response.writeHead(503).end('{"error":"Queue full"}')),
      /HTTP 503, Queue full/,
    ],
    [
      'forgets the task',
      dicetalk((_route, _request, response) => response.writeHead(404).end('{"error":"Task not found"}')),
      /HTTP 404, Task not found/,
    ],
    [
      'knows other states',
      dicetalk((_route, _request, response) => response.end('{"status":"DONE"}')),
      /protocol: in its answer .*status/,
    ],
    [
      'breaks off its film',
      dicetalk((route, request, response) => {
        if (route === 'status') response.end(completed)
        else {
          response.writeHead(200, { 'content-length': '1000' })
          response.write('half', () => request.socket.destroy())
        }
      }),
      /does not answer: the connection broke/,
    ],
    [
      'has no film',
      dicetalk((route, _request, response) => response.end(route === 'status' ? completed : '')),
      /protocol: its film has 0 bytes/,
    ],
  ]
  it.each(failing)('fails the film when it %s', async (_title, http, problem) => {
    const server = await new ScriptedServer({ http }).start()
    stops.push(() => server.stop())
    const small = join(folder, 'small.wav')
    await writeFile(small, 'x')
    const { error, files } = await make(server.remote('http', 300), {}, { portrait: small, audio: small })
    expect(error).toBeInstanceOf(UnavailableError)
    expect((error as Error).message).toMatch(problem)
    expect(files).toEqual([])
  })

  it('is asked again when it was away for a moment', async () => {
    let asked = 0
    const http = dicetalk((route, request, response) => {
      if (route === 'download') response.end('film')
      else if (++asked <= 3) request.socket.destroy()
      else response.end(completed)
    })
    const server = await new ScriptedServer({ http }).start()
    stops.push(() => server.stop())
    const { error, output } = await make(server.remote('http', 2_000))
    expect(error).toBeUndefined()
    expect(await readFile(output, 'utf8')).toBe('film')
  })
})

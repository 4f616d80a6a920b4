/** What the endpoints refuse, word for word, before anything of a turn is made. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ModelLoadError, UnavailableError } from '../../errors.js'
import type { AvatarServices } from '../../stages/avatar/job.js'
import { AvatarStore } from '../../stages/avatar/store.js'
import { ScriptedLine } from '../converse/fixtures/scripted-line.js'
import { serveSay, type Served } from './fixtures/served.js'

const line = new ScriptedLine()
let folder: string
let server: Served
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-say-'))
  const avatars = { store: new AvatarStore(folder) } as AvatarServices
  server = await serveSay(line.catalogue, { avatars, maxCharacters: 100 })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
  expect(line.begun).toEqual([])
})

const said = { text: 'Hello.' }

it.each<[body: unknown, message: string]>([
  ['{oops', 'The body is not valid JSON.'],
  ['[1]', 'The body is [1]; it must be a JSON object.'],
  ['null', 'The body is null; it must be a JSON object.'],
  ['"Hello."', 'The body is "Hello."; it must be a JSON object.'],
  ['', 'text is missing; it must be a text.'],
  [{ text: 7 }, 'text is 7; it must be a text.'],
  [
    { text: ' …! ' },
    'There is nothing to speak: the text is empty or holds only spaces, punctuation or emoji. It needs a letter or a digit.',
  ],
  [
    { text: 'a'.repeat(101) },
    'The text has 101 characters; at most 100 are allowed. Send it in several turns.',
  ],
  [{ ...said, colour: 'red' }, 'colour is unknown here; leave it out.'],
  [{ ...said, idle: true }, 'idle is unknown here; leave it out.'],
  [{ ...said, messages: [] }, 'messages is unknown here; leave it out.'],
  [{ ...said, format: 'avi' }, 'format is "avi"; it must be one of multipart, mp4, wav.'],
  [{ ...said, avatar: 7 }, 'avatar is 7; it must be the id of an avatar, or null.'],
  [{ ...said, voice: 'alloy' }, 'voice is "alloy"; it must be an object with rate and pitch.'],
  [{ ...said, voice: { rate: 3 } }, 'voice.rate is 3; it must be a number from 0.5 to 2.'],
  [{ ...said, voice: { volume: 1 } }, 'voice.volume is unknown here; leave it out.'],
  [
    { ...said, emotion: 'bored' },
    'emotion is "bored"; it must be null, one of happy, angry, sad, afraid, disgusted, melancholic, surprised, calm, fear, contempt, neutral, or 8 numbers from 0 to 1.',
  ],
  [{ ...said, quality: 9 }, 'quality is 9; it must be a whole number from 10 to 95.'],
  [{ ...said, fps: '25' }, 'fps is "25"; it must be a number from 8 to 60.'],
  [{ ...said, size: 127.5 }, 'size is 127.5; it must be a whole number from 128 to 1024.'],
  [{ ...said, streams: [] }, 'streams is []; it must be at least one of audio, motion, frames.'],
  [{ ...said, streams: ['sound'] }, 'streams.0 is "sound"; it must be one of audio, motion, frames.'],
  [{ ...said, format: 'mp4', streams: ['audio'] }, 'streams is ["audio"]; leave it out with format mp4.'],
])('refuses %j', async (body, message) => {
  const response = await server.post(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: { code: 'invalid-input', message, retryable: false } })
})

it.each<[body: object, message: string]>([
  [{ ...said, messages: 'none' }, 'messages is "none"; it must be a list of messages.'],
  [
    { ...said, messages: [{ role: 'system', content: '' }] },
    'messages.0.role is "system"; it must be user or assistant.',
  ],
  [{ ...said, messages: [{ role: 'user' }] }, 'messages.0.content is missing; it must be a text.'],
])('refuses to ask %j', async (body, message) => {
  const response = await server.post(body, { path: '/v1/ask' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { message } })
})

it('says that nobody answers', async () => {
  const response = await server.post(said, { path: '/v1/ask' })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({
    error: {
      code: 'unavailable',
      message: 'Nobody answers here: no reply is configured. Use /v1/say.',
    },
  })
})

it('says that there is no such avatar', async () => {
  const response = await server.post({ ...said, avatar: 'nobody' })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'not-found' } })
})

it('takes JSON alone, and no more of it than a text needs', async () => {
  const form = await server.post('text=Hello.', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(form.status).toBe(415)
  expect(await form.json()).toMatchObject({
    error: {
      message:
        'The content type is "application/x-www-form-urlencoded"; this endpoint takes application/json.',
    },
  })
  const large = await server.post({ text: 'a'.repeat(600_000) })
  expect(large.status).toBe(413)
  expect(await large.json()).toMatchObject({
    error: { code: 'invalid-input', message: 'The body is larger than 524288 bytes.' },
  })
})

it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('does not take %s', async (method) => {
  for (const path of ['/v1/say', '/v1/ask']) {
    const response = await fetch(`${server.url}${path}`, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    const text = await response.text()
    if (method !== 'HEAD') expect(text).toContain(`${method} is not allowed here; POST is.`)
  }
})

it('answers what fails before the first packet with a status, and without the details of a bug', async () => {
  const broken = async (error: Error): Promise<[number, unknown, readonly unknown[]]> => {
    const failing = await serveSay({ ...line.catalogue, speech: () => Promise.reject(error) })
    try {
      const response = await failing.post(said)
      return [response.status, ((await response.json()) as { error: object }).error, failing.unexpected]
    } finally {
      await failing.close()
    }
  }
  expect(await broken(new ModelLoadError('The voice is damaged.'))).toEqual([
    503,
    { code: 'model-load', message: 'The voice is damaged.', retryable: false },
    [],
  ])
  expect(await broken(new TypeError('a secret'))).toEqual([
    500,
    { code: 'internal', message: 'Something went wrong inside phiz.', retryable: false },
    [new TypeError('a secret')],
  ])
  const silent = await serveSay(line.catalogue, {
    reply: {
      name: 'silent',
      // eslint-disable-next-line require-yield -- it fails before its first word
      async *answer() {
        throw await Promise.resolve(new UnavailableError('The reply server does not answer.'))
      },
    },
  })
  const unanswered = await silent.post(said, { path: '/v1/ask' })
  expect([unanswered.status, await unanswered.json()]).toMatchObject([
    503,
    { error: { code: 'unavailable', message: 'The reply server does not answer.' } },
  ])
  await silent.close()
})

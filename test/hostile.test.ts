/**
 * Ten thousand hostile messages or requests for every tap of a real server: it must serve on, hold no more than before,
 * log no error of its own, and tell nothing about its machine.
 */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servePhiz, type Served } from './clients/serve.js'
import { Answers } from './hostile/answers.js'
import { sendHostileRequests, talkNonsense, type Endpoint } from './hostile/attack-http.js'
import {
  breakConnections,
  nameHostilePaths,
  sendHostileMessages,
  type SocketService,
} from './hostile/attack-socket.js'
import { Chance } from './hostile/chance.js'
import { usageOf } from './hostile/usage.js'

/** Of the ten thousand, those that break the rules of WebSocket or HTTP itself. */
const BROKEN = 1_000
const WELL_FORMED = 9_000
/** What a server may hold more than before the attack: caches that filled, and what V8 has not given back. */
const MOST_BYTES_MORE = 128 * 2 ** 20
/** V8 gives memory back when nothing has happened for some seconds. */
const QUIET_MS = 30_000
const MOST_DESCRIPTORS_MORE = 8
/** For one tap, on a machine with other things to do. */
const PATIENCE_MS = 300_000

let folder: string
let speech: string
let server: Served
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-hostile-'))
  const home = join(folder, 'home')
  await mkdir(home)
  speech = join(folder, 'speech.wav')
  await cp(fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url)), speech)
  server = await servePhiz(home)
})
afterAll(async () => {
  // Whatever clients send, it is not the server's own error.
  expect(await server.stop()).toMatchObject({ code: 0, err: '' })
  await rm(folder, { recursive: true })
})

/** Attacks the server between two honest requests, and compares what it holds. */
async function survives(
  attack: (answers: Answers) => Promise<void>,
  honest: () => Promise<void>,
): Promise<void> {
  const answers = new Answers([join(folder, 'home')])
  await honest()
  const before = await usageOf(server.gateway)
  await attack(answers)
  await honest()
  expect(answers.indiscreet).toEqual([])
  await expect.poll(async () => (await usageOf(server.gateway)).turns).toBe(before.turns)
  expect(answers.count).toBeGreaterThan(WELL_FORMED / 10)
  await expect
    .poll(async () => (await usageOf(server.gateway)).descriptors - before.descriptors, { timeout: 10_000 })
    .toBeLessThanOrEqual(MOST_DESCRIPTORS_MORE)
  await expect
    .poll(async () => (await usageOf(server.gateway)).residentBytes - before.residentBytes, {
      timeout: QUIET_MS,
      interval: 500,
    })
    .toBeLessThan(MOST_BYTES_MORE)
}

/** Sends one message and returns the texts and the number of binary messages up to the one that ends it. */
async function converse(address: string, message: object, isEnd: (text: string) => boolean): Promise<number> {
  const client = new WebSocket(address)
  let pictures = 0
  await new Promise<void>((resolve, reject) => {
    client.on('open', () => client.send(JSON.stringify(message)))
    client.on('message', (data: Buffer, isBinary) => {
      if (isBinary) pictures += 1
      else if (isEnd(data.toString())) resolve()
      else if (data.toString().includes('"error"')) reject(new Error(data.toString()))
    })
    client.on('close', () => {
      reject(new Error('The server has closed the connection.'))
    })
    client.on('error', reject)
  })
  client.terminate()
  return pictures
}

describe('ten thousand hostile messages', () => {
  const attackSockets = (
    name: string,
    service: SocketService,
    messagesWith: (path: string) => readonly object[],
  ) => {
    const address = server.taps[name]!
    return async (answers: Answers) => {
      await nameHostilePaths(address, messagesWith, answers)
      await sendHostileMessages(address, service, { count: WELL_FORMED, chance: new Chance(8765), answers })
      await breakConnections(address, { count: BROKEN, chance: new Chance(8770) })
    }
  }

  it(
    'to MuseTalk WebSocket',
    async () => {
      const service: SocketService = {
        honest: [
          { audio_path: '/no/such/file.wav', options: {} },
          { audio_path: speech, options: { jpeg_quality: 50, batch_send: true } },
          { action: 'stop' },
          { action: 'stop' },
        ],
        fields: ['audio_path', 'options', 'jpeg_quality', 'batch_send', 'verbose'],
        closing: [{ action: 'stop' }, { audio_path: 'last' }],
      }
      const attack = attackSockets('musetalk-ws', service, (path) => [{ audio_path: path }])
      await survives(attack, async () => {
        const isEnd = (text: string): boolean => text.includes('completed')
        expect(await converse(server.taps['musetalk-ws']!, { audio_path: speech }, isEnd)).toBeGreaterThan(70)
      })
    },
    PATIENCE_MS,
  )

  it(
    'to IndexTTS WebSocket',
    async () => {
      const service: SocketService = {
        honest: [
          { type: 'tts_stream', text: 'One.', emo_mode: 'none' },
          { type: 'tts_stream', text: 'One.', prompt_audio: '/no/such/file.wav' },
          { type: 'task_status', task_id: 'unknown' },
        ],
        fields: [
          ...['type', 'text', 'prompt_audio', 'emo_mode', 'emo_audio', 'emo_alpha', 'emo_vector', 'emo_text'],
          ...['interval_silence', 'max_tokens', 'use_random', 'stream', 'task_id'],
        ],
        closing: [{ type: 'task_status', task_id: 'last' }],
      }
      const attack = attackSockets('indextts-ws', service, (path) => [
        { type: 'tts_stream', text: 'One.', prompt_audio: path },
        { type: 'tts_stream', text: 'One.', emo_mode: 'audio', emo_audio: path },
      ])
      await survives(attack, async () => {
        const request = { type: 'tts_stream', text: 'One.', prompt_audio: speech }
        const isEnd = (text: string): boolean => text.includes('"end"')
        expect(await converse(server.taps['indextts-ws']!, request, isEnd)).toBe(1)
      })
    },
    PATIENCE_MS,
  )

  const attackHttp = (address: string, endpoints: readonly Endpoint[]) => async (answers: Answers) => {
    const chance = new Chance(8000)
    await sendHostileRequests(address, endpoints, { count: WELL_FORMED, chance, answers })
    await talkNonsense(address, { count: BROKEN, chance, answers })
  }

  it(
    'to LAM-A2E HTTP',
    async () => {
      const sound = (await readFile(speech)).subarray(0, 6_444)
      const address = server.taps['lam']!
      const opened = await fetch(`${address}/api/infer_stream_init`, { method: 'POST' })
      const { session_id: session } = (await opened.json()) as { session_id: string }
      const attack = attackHttp(address, [
        { method: 'GET', path: '/api/health' },
        {
          method: 'POST',
          path: '/api/infer',
          form: {
            files: { audio_file: sound },
            fields: { id_idx: '0', ex_vol: 'false', movement_smooth: 'true', brow_movement: '1' },
          },
        },
        {
          method: 'POST',
          path: '/api/infer_stream_init',
          json: { honest: [{ id_idx: 0 }], fields: ['id_idx'] },
        },
        {
          method: 'POST',
          path: '/api/infer_stream_chunk',
          form: { files: { audio_chunk: sound }, fields: { session_id: session } },
        },
        { method: 'DELETE', path: '/api/infer_stream_close/*' },
      ])
      const honest = async (): Promise<void> => {
        const form = new FormData()
        form.set('audio_file', new Blob([await readFile(speech)]), 'speech.wav')
        const response = await fetch(`${address}/api/infer`, { method: 'POST', body: form })
        const { frames } = (await response.json()) as { frames: unknown[] }
        expect(frames).toHaveLength(90)
      }
      await survives(async (answers) => {
        await attack(answers)
        await fetch(`${address}/api/infer_stream_close/${session}`, { method: 'DELETE' })
      }, honest)
    },
    PATIENCE_MS,
  )

  it(
    'to DICE-Talk HTTP',
    async () => {
      const address = server.taps['dicetalk']!
      const attack = attackHttp(address, [
        {
          method: 'POST',
          path: '/api/v1/synthesis/start',
          form: {
            // A picture that is none behind its first bytes: no film is begun for it.
            files: {
              image: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
              audio: (await readFile(speech)).subarray(0, 6_444),
            },
            fields: {
              emotion: 'happy',
              fps: '24',
              seed: '1',
              duration: '1',
              crop: 'false',
              expand_ratio: '0.5',
            },
          },
        },
        { method: 'GET', path: '/api/v1/synthesis/*/status' },
        { method: 'GET', path: '/api/v1/synthesis/*/download' },
      ])
      await survives(attack, async () => {
        expect(await (await fetch(`${address}/api/v1/synthesis/none/status`)).json()).toEqual({
          error: 'Task not found',
        })
      })
    },
    PATIENCE_MS,
  )

  it(
    'to MuseTalk HTTP',
    async () => {
      const address = server.taps['musetalk-http']!
      const attack = attackHttp(address, [
        { method: 'GET', path: '/api/avatar/list' },
        {
          method: 'POST',
          path: '/api/avatar/create',
          json: {
            honest: [{ avatar_id: 'avatar1', video_path: 'no/such/film.mp4', bbox_shift: 0, batch_size: 20 }],
            fields: ['avatar_id', 'video_path', 'bbox_shift', 'batch_size'],
          },
        },
        {
          method: 'POST',
          path: '/api/inference/start',
          json: {
            honest: [{ avatar_id: 'avatar1', audio_path: speech, fps: 25, skip_save_images: true }],
            fields: ['avatar_id', 'audio_path', 'fps', 'skip_save_images'],
          },
        },
        { method: 'GET', path: '/api/stream/*' },
        { method: 'POST', path: '/api/inference/stop/*' },
      ])
      await survives(attack, async () => {
        const health = { status: 'ok', message: 'MuseTalk Streaming API is running' }
        expect(await (await fetch(`${address}/api/health`)).json()).toEqual(health)
      })
    },
    PATIENCE_MS,
  )

  it(
    'to OpenAI speech, on the gateway',
    async () => {
      const path = '/v1/audio/speech'
      const asked = { model: 'tts-1', input: 'One.', voice: 'alloy', response_format: 'wav' }
      const attack = attackHttp(server.gateway, [
        ...['/healthz', '/v1/info', '/taps/lam/api/health'].map((place) => ({ method: 'GET', path: place })),
        {
          method: 'POST',
          path,
          json: {
            honest: [{ ...asked, input: '' }, { ...asked, voice: 'nobody' }, asked],
            fields: [...Object.keys(asked), 'speed', 'instructions', 'stream_format'],
          },
        },
      ])
      await survives(attack, async () => {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(server.gateway + path, {
          method: 'POST',
          headers,
          body: JSON.stringify(asked),
        })
        expect(Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
      })
    },
    PATIENCE_MS,
  )
})

/** The Python clients that the documents of the services print, against `phiz serve`. See clients/README.md. */
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeAudio } from '../src/media/decode.js'
import { openVideoInput } from '../src/media/video-input.js'
import { joinSamples } from '../src/pipeline/join-samples.js'
import { documentClient } from './clients/document-client.js'
import { python, pythonTitle, startPython } from './clients/python.js'
import { servePhiz, type Served } from './clients/serve.js'
import { encodeAudio, readClip } from './media/encode-audio.js'
import { PORTRAIT } from './media/film-portrait.js'

const speech = fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url))

describe.skipIf(python === undefined)(pythonTitle('the Python clients of the documents'), () => {
  let folder: string
  let server: Served
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-python-'))
    // The files that the clients name, under those names.
    await mkdir(join(folder, 'asset'))
    await mkdir(join(folder, 'audio_files'))
    await sharp(PORTRAIT).jpeg().toFile(join(folder, 'portrait.jpg'))
    for (const name of ['test.wav', 'speech.wav', 'asset/zero_shot_prompt.wav', 'audio_files/one.wav']) {
      await cp(speech, join(folder, name))
    }
    const clip = await readClip('speech-en-7s')
    await encodeAudio(join(folder, 'long_audio.wav'), joinSamples(Array<Float32Array>(6).fill(clip)), {
      container: 'wav',
      encoder: 'pcm_s16le',
      sampleRate: 16_000,
    })
    server = await servePhiz(folder)
  })
  afterAll(async () => {
    // No client has made the server complain.
    expect(await server.stop()).toMatchObject({ code: 0, err: '' })
    await rm(folder, { recursive: true })
  })

  /** Runs a client to its end, in the folder with the files that it names. */
  async function run(name: string, replacements: Readonly<Record<string, string>>): Promise<string> {
    const input = await documentClient(name, replacements)
    const { code, out, err } = await startPython(['-'], { cwd: folder, input }).finished
    expect(err).toBe('')
    expect(code).toBe(0)
    return out
  }

  describe('MuseTalk WebSocket', () => {
    it('saves every frame', async () => {
      const out = await run('musetalk-ws/frames.py', {
        'ws://localhost:8765': server.taps['musetalk-ws']!,
        '/home/user/audio.wav': speech,
      })
      const frames = (await readdir(folder)).filter((name) => /^frame_\d+\.jpg$/.test(name))
      expect(out).toBe(`完成！共${frames.length}帧\n`)
      expect(frames.length).toBeGreaterThanOrEqual(74)
      const { format, width, height } = await sharp(join(folder, `frame_${frames.length}.jpg`)).metadata()
      expect([format, width, height]).toEqual(['jpeg', 128, 128])
    })

    const places = (): Record<string, string> => ({
      'ws://192.168.10.172:8765': server.taps['musetalk-ws']!,
      '/home/user/audio.wav': join(folder, 'long_audio.wav'),
    })

    it('stops in the middle', async () => {
      const repaired = await documentClient('musetalk-ws/stop.py', {
        ...places(),
        'except json.JSONDecodeError:': 'except (json.JSONDecodeError, UnicodeDecodeError):',
      })
      const client = startPython(['-'], { cwd: folder, input: repaired })
      // After a stop it listens for ever.
      await expect.poll(client.out, { timeout: 30_000 }).toContain('stopped_mid_process')
      client.kill()
      const { out } = await client.finished
      const frames = out.match(/^收到第 \d+ 帧$/gm)!.length
      expect(out).toMatch(/^状态: \{'status': 'processing', 'audio_path': '.*long_audio\.wav'\}$/m)
      expect(out).toMatch(/^状态: \{'status': 'stopped', 'message': '已停止处理并清理显存'\}$/m)
      expect(out).toContain(`'message': '处理被停止，已生成 ${frames} 帧', 'frames_generated': ${frames}`)
      expect(frames).toBeGreaterThan(100)
      expect(frames).toBeLessThan(42 * 25)
    })

    it('fails at its first frame as printed, for a fault of its own', async () => {
      const input = await documentClient('musetalk-ws/stop.py', places())
      const { out, err } = await startPython(['-'], { cwd: folder, input }).finished
      expect(out).toMatch(/^状态: \{'status': 'processing'.*\n$/)
      expect(err).toMatch(/UnicodeDecodeError: .* 0xff/)
    })
  })

  describe('IndexTTS WebSocket', () => {
    const address = (): Record<string, string> => ({ 'ws://127.0.0.1:8770': server.taps['indextts-ws']! })

    it('is welcomed', async () => {
      const input = (await documentClient('indextts-ws/connect.py', address())) + '\nasyncio.run(connect())\n'
      const { out, err } = await startPython(['-'], { cwd: folder, input }).finished
      expect(err).toBe('')
      expect(JSON.parse(out)).toMatchObject({ status: 'success', message: '已连接到 IndexTTS WebSocket' })
    })

    it.each(['none', 'vector', 'text'])('takes sound of mode %s', async (mode) => {
      const call = 'asyncio.run(synthesize("大家好，我现在正在体验 AI 科技！"'
      const out = await run('indextts-ws/synthesize.py', { ...address(), [call]: `${call}, "${mode}"` })
      expect(out).toMatch(
        /^连接成功: 已连接到 IndexTTS WebSocket\n任务已排队: [\da-f]{8}\.\.\.\n开始生成音频\n收到音频数据 \(\d{5,} 字节\)\n生成完成\n$/,
      )
    })
  })

  describe('LAM-A2E', () => {
    const address = (): Record<string, string> => ({ 'http://localhost:8000': server.taps['lam']! })
    const sessions = async (): Promise<unknown> =>
      ((await (await fetch(`${server.taps['lam']!}/api/health`)).json()) as { sessions: number }).sessions
    const readMotion = async (name: string): Promise<{ frames: unknown[] }> =>
      JSON.parse(await readFile(join(folder, name), 'utf8')) as { frames: unknown[] }

    it('infers', async () => {
      expect(await run('lam/infer.py', address())).toMatch(/^生成了 90 帧动画\n推理耗时: \d+\.\d\d 秒\n$/)
    })

    it('opens a session and closes it', async () => {
      const [, id] = /^会话ID: ([\da-f-]{36})\n$/.exec(await run('lam/init.py', address()))!
      expect(await sessions()).toBe(1)
      const closed = await run('lam/close.py', { ...address(), 'a1b2c3d4-e5f6-7890-abcd-ef1234567890': id! })
      expect(closed).toBe('Session closed\n')
      expect(await sessions()).toBe(0)
    })

    it('streams', async () => {
      const lines = (await run('lam/stream.py', address())).trimEnd().split('\n')
      const chunks = lines.length - 1
      expect(chunks).toBeGreaterThan(40)
      for (let chunk = 1; chunk <= chunks; chunk++) {
        expect(lines[chunk - 1]).toMatch(new RegExp(`^处理chunk ${chunk}, 耗时: \\d+\\.\\d{3}秒$`))
      }
      expect(lines.at(-1)).toBe(`总共处理 ${chunks} 个音频块`)
      expect(await sessions()).toBe(0)
    })

    it('makes an animation of a file', async () => {
      await run('lam/offline.py', { ...address(), 'import requests': 'import json, requests' })
      expect((await readMotion('animation.json')).frames).toHaveLength(90)
    })

    it('makes animations of a folder', async () => {
      const out = await run('lam/batch.py', { ...address(), 'import requests': 'import json, requests' })
      expect(out).toBe('处理: one.wav\n')
      expect((await readMotion('results/one.json')).frames).toHaveLength(90)
    })

    it('converses until the microphone is unplugged', async () => {
      const input = await documentClient('lam/conversation.py', {
        ...address(),
        '# ... 渲染逻辑 ...': "print(blendshapes['metadata']['chunk_index'])",
      })
      const { out, err } = await startPython(['-'], { cwd: folder, input }).finished
      expect(out).toBe('1\n2\n')
      expect(err).toMatch(/OSError: The microphone is unplugged\.\n$/)
      expect(await sessions()).toBe(0)
    })
  })

  describe('DICE-Talk', () => {
    it('makes a film of a portrait', async () => {
      const address = server.taps['dicetalk']!
      const health = async (): Promise<unknown> =>
        ((await (await fetch(`${address}/api/health`)).json()) as { status: unknown }).status
      await expect.poll(health, { timeout: 30_000 }).toBe('healthy')
      const out = await run('dicetalk/synthesize.py', { 'http://localhost:8000': address })
      expect(out).toMatch(/^Task created: [\da-f-]{36}\n(Status: (PENDING|PROCESSING), Progress: .+%\n)*/)
      expect(out).toContain('Status: COMPLETED, Progress: 100.00%\n')
      const [, film] = /^Success! Video saved to: (result_[\da-f]{8}\.mp4)\n$/m.exec(out)!
      const video = await openVideoInput(join(folder, film!), { maxBytes: 2 ** 30, maxSeconds: 100 })
      await video.close()
      expect(video.info).toMatchObject({ codec: 'h264', fps: 30, seconds: 60 })
      expect(await probeAudio(join(folder, film!))).toMatchObject({ codec: 'aac', duration: 60 })
    }, 120_000)
  })
})

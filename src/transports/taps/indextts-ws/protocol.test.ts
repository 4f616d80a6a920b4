import { describe, expect, it } from 'vitest'
import {
  errorMessage,
  ERROR_TEXTS,
  localTime,
  parseClientMessage,
  statusMessage,
  stepMessage,
  welcomeMessage,
} from './protocol.js'

const parse = (fields: object) =>
  parseClientMessage(JSON.stringify({ type: 'tts_stream', text: '你好', ...fields }))
const problemOf = (fields: object): string | undefined => {
  const said = parse(fields)
  return said.kind === 'bad-request' ? said.problem : undefined
}

describe('messages to the client', () => {
  it('are those of the document', () => {
    expect(JSON.parse(welcomeMessage('s'))).toEqual({
      status: 'success',
      session_id: 's',
      message: '已连接到 IndexTTS WebSocket',
      usage: '发送 {"type":"tts_stream", "text":"...", "emo_mode":"none/audio/vector/text", ...} 开始合成',
    })
    const ids = { task_id: 't', session_id: 's' }
    expect(JSON.parse(stepMessage('queued', 't', 's'))).toEqual({
      ...ids,
      type: 'queued',
      message: '任务已加入队列，等待处理',
    })
    expect(JSON.parse(stepMessage('start', 't', 's'))).toEqual({
      ...ids,
      type: 'start',
      message: '开始生成音频',
    })
    expect(JSON.parse(stepMessage('end', 't', 's'))).toEqual({ ...ids, type: 'end', message: '生成完成' })
    expect(JSON.parse(errorMessage('x', 's', 't'))).toEqual({ ...ids, status: 'error', message: 'x' })
    expect(JSON.parse(errorMessage('x', 's'))).toEqual({ session_id: 's', status: 'error', message: 'x' })
  })

  it('tell times as the document does: local, without a zone, with six decimals', () => {
    const time = new Date(2024, 10, 4, 10, 30, 0, 123).getTime() + 0.456
    expect(localTime(time)).toMatch(/^2024-11-04T10:30:00\.12345[56]$/)
    const report = {
      id: 't',
      status: 'pending',
      createdAt: time,
      completedAt: undefined,
      errorMessage: undefined,
    } as const
    expect(JSON.parse(statusMessage(report, 's'))).toEqual({
      type: 'task_status',
      session_id: 's',
      task_id: 't',
      status: 'pending',
      created_at: localTime(time),
      completed_at: null,
      error_message: null,
    })
  })
})

describe('requests', () => {
  it('have the defaults of the document', () => {
    expect(parse({ prompt_audio: 'a.wav' })).toEqual({
      kind: 'speak',
      request: {
        text: '你好',
        promptAudio: 'a.wav',
        emotion: { mode: 'none' },
        intervalSilence: 200,
        maxTokens: 120,
        useRandom: false,
        stream: false,
      },
    })
    const nothing = { prompt_audio: null, interval_silence: null, max_tokens: null, use_random: null }
    expect(parse(nothing)).toEqual(parse({}))
  })

  it.each([
    [
      { emo_mode: 'audio', emo_audio: 'b.wav' },
      { mode: 'audio', path: 'b.wav', alpha: 1 },
    ],
    [
      { emo_mode: 'audio', emo_audio: 'b.wav', emo_alpha: 7 },
      { mode: 'audio', path: 'b.wav', alpha: 1 },
    ],
    [
      { emo_mode: 'text', emo_text: '开心', emo_alpha: 0.9 },
      { mode: 'text', text: '开心', alpha: 0.9 },
    ],
    [
      { emo_mode: 'vector', emo_vector: [0.8, 0, 0, 0, 0, 0, 0.2, 0] },
      { mode: 'vector', vector: [0.8, 0, 0, 0, 0, 0, 0.2, 0] },
    ],
    [{ emo_mode: 'none', emo_audio: 5, emo_vector: 'x' }, { mode: 'none' }],
  ])('read the emotion of %j', (fields, emotion) => {
    expect(parse(fields)).toMatchObject({ kind: 'speak', request: { emotion } })
  })

  it.each([
    [{ text: undefined }, '缺少有效的 text'],
    [{ text: '' }, '缺少有效的 text'],
    [{ text: ' \n…' }, '缺少有效的 text'],
    [{ text: 5, emo_mode: 'loud' }, '缺少有效的 text'],
    [{ emo_mode: 'loud' }, 'emo_mode 必须是 none/audio/vector/text'],
    [{ emo_mode: null }, 'emo_mode 必须是 none/audio/vector/text'],
    [{ emo_mode: 'audio' }, '情感参考音频模式需要提供 emo_audio'],
    [{ emo_mode: 'audio', emo_audio: '' }, '情感参考音频模式需要提供 emo_audio'],
    [{ emo_mode: 'vector' }, '情感向量模式需要提供 emo_vector'],
    [{ emo_mode: 'vector', emo_vector: [1, 0, 0] }, '情感向量模式需要提供 emo_vector'],
    [{ emo_mode: 'vector', emo_vector: [2, 0, 0, 0, 0, 0, 0, 0] }, 'emo_vector 的每个值必须在 0.0-1.0 之间'],
    [
      { emo_mode: 'vector', emo_vector: ['1', 0, 0, 0, 0, 0, 0, 0] },
      'emo_vector 的每个值必须在 0.0-1.0 之间',
    ],
    [{ emo_mode: 'text' }, '情感文本引导模式需要提供 emo_text'],
    [{ emo_mode: 'text', emo_text: ' ' }, '情感文本引导模式需要提供 emo_text'],
    [{ emo_mode: 'text', emo_text: '开心', emo_alpha: 'x' }, 'emo_alpha 必须是 0.0-1.0 的数'],
    [{ interval_silence: -1 }, 'interval_silence 必须是 0-10000 的整数'],
    [{ max_tokens: 0 }, 'max_tokens 必须是 1-10000 的整数'],
    [{ use_random: 'yes' }, 'use_random 必须是 true 或 false'],
    [{ prompt_audio: 5 }, 'prompt_audio 必须是音频文件路径'],
  ])('with %j are refused with the first thing that is wrong', (fields, problem) => {
    expect(problemOf(fields)).toBe(problem)
  })

  it.each([
    ['{', ERROR_TEXTS.json],
    ['[]', ERROR_TEXTS.json],
    ['null', ERROR_TEXTS.json],
    ['{}', '不支持的消息类型: None'],
    ['{"type":"sing"}', '不支持的消息类型: sing'],
    ['{"type":"task_status"}', '缺少 task_id'],
    ['{"type":"task_status","task_id":7}', '缺少 task_id'],
  ])('%s is refused', (text, problem) => {
    expect(parseClientMessage(text)).toEqual({ kind: 'refused', problem })
  })
})

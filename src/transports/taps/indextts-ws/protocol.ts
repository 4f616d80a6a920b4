/** The messages of the IndexTTS WebSocket service, word for word as its document has them. Pure. */
import { z } from 'zod'
import { cleanText, isSpeakable } from '../../../stages/text/clean.js'

/** Hz of every WAV that is sent. */
export const INDEXTTS_SAMPLE_RATE = 22_050
/** Milliseconds between sentences when a request does not say. */
export const DEFAULT_INTERVAL_SILENCE = 200
/** Tokens of a segment when a request does not say. */
export const DEFAULT_MAX_TOKENS = 120
/** Longest silence between two sentences that may be asked for, in milliseconds. */
const LONGEST_INTERVAL_SILENCE = 10_000

const USAGE = '发送 {"type":"tts_stream", "text":"...", "emo_mode":"none/audio/vector/text", ...} 开始合成'

/** Where a task stands. */
export type TaskStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'

/** What `task_status` tells of a task. Times are in milliseconds since 1970, with fractions. */
export interface TaskReport {
  readonly id: string
  readonly status: TaskStatus
  readonly createdAt: number
  readonly completedAt: number | undefined
  readonly errorMessage: string | undefined
}

export function welcomeMessage(sessionId: string): string {
  return JSON.stringify({
    status: 'success',
    session_id: sessionId,
    message: '已连接到 IndexTTS WebSocket',
    usage: USAGE,
  })
}

const STEP_TEXTS = {
  queued: '任务已加入队列，等待处理',
  start: '开始生成音频',
  end: '生成完成',
} as const

/** One of the three steps of a task, which frame its sound. */
export function stepMessage(type: keyof typeof STEP_TEXTS, taskId: string, sessionId: string): string {
  return JSON.stringify({ type, task_id: taskId, session_id: sessionId, message: STEP_TEXTS[type] })
}

/** @param taskId left out where no task was made */
export function errorMessage(message: string, sessionId: string, taskId?: string): string {
  return JSON.stringify({
    status: 'error',
    ...(taskId === undefined ? {} : { task_id: taskId }),
    session_id: sessionId,
    message,
  })
}

export function statusMessage(task: TaskReport, sessionId: string): string {
  return JSON.stringify({
    type: 'task_status',
    session_id: sessionId,
    task_id: task.id,
    status: task.status,
    created_at: localTime(task.createdAt),
    completed_at: task.completedAt === undefined ? null : localTime(task.completedAt),
    error_message: task.errorMessage ?? null,
  })
}

/** Local time without a zone and with six decimals: what Python's `datetime.now().isoformat()` gives. */
export function localTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const digits = (value: number, length = 2): string => String(value).padStart(length, '0')
  const day = [digits(date.getFullYear(), 4), digits(date.getMonth() + 1), digits(date.getDate())].join('-')
  const time = [digits(date.getHours()), digits(date.getMinutes()), digits(date.getSeconds())].join(':')
  const microseconds = Math.floor((milliseconds - Math.floor(milliseconds / 1000) * 1000) * 1000)
  return `${day}T${time}.${digits(microseconds, 6)}`
}

/** Error texts. Those that the document does not name are the ones that the service is known to send. */
export const ERROR_TEXTS = {
  json: '无效的JSON',
  text: '缺少有效的 text',
  mode: 'emo_mode 必须是 none/audio/vector/text',
  emotionAudio: '情感参考音频模式需要提供 emo_audio',
  emotionVector: '情感向量模式需要提供 emo_vector',
  emotionText: '情感文本引导模式需要提供 emo_text',
  model: '模型加载失败',
  inference: '推理失败',
  taskId: '缺少 task_id',
  full: '任务队列已满，请稍后重试',
} as const

/** How the voice is to feel. */
export type EmotionRequest =
  | { readonly mode: 'none' }
  | { readonly mode: 'audio'; readonly path: string; readonly alpha: number }
  | { readonly mode: 'vector'; readonly vector: readonly number[] }
  | { readonly mode: 'text'; readonly text: string; readonly alpha: number }

/** A request for speech, checked. */
export interface SpeechRequest {
  readonly text: string
  /** File whose speaker the voice is to take after; the voice stays as it is without one. */
  readonly promptAudio: string | undefined
  readonly emotion: EmotionRequest
  /** Milliseconds between sentences. */
  readonly intervalSilence: number
  /** Tokens of a segment, at least 1. */
  readonly maxTokens: number
  readonly useRandom: boolean
  /** Whether the sound is sent in pieces, each a WAV, as it is made. An addition to the document. */
  readonly stream: boolean
}

/** What a client says. */
export type ClientMessage =
  | { readonly kind: 'speak'; readonly request: SpeechRequest }
  /** A request for speech that cannot be served: it becomes a task that has failed. */
  | { readonly kind: 'bad-request'; readonly problem: string }
  | { readonly kind: 'status'; readonly taskId: string }
  | { readonly kind: 'refused'; readonly problem: string }

/** Most characters of a client's own words that an error repeats. */
const QUOTED = 100

/** Reads a text message. Never throws: what is wrong is said in the result, in the words for the client. */
export function parseClientMessage(text: string): ClientMessage {
  const fields = fieldsOf(text)
  if (fields === undefined) return { kind: 'refused', problem: ERROR_TEXTS.json }
  const { type, task_id: taskId } = fields
  if (type === 'tts_stream') return parseSpeechRequest(fields)
  if (type !== 'task_status') return { kind: 'refused', problem: `不支持的消息类型: ${quoted(type)}` }
  if (typeof taskId !== 'string' || taskId === '') return { kind: 'refused', problem: ERROR_TEXTS.taskId }
  return { kind: 'status', taskId }
}

/** The error for a task that never was, or that has been forgotten. */
export function unknownTask(taskId: string): string {
  return `任务不存在: ${quoted(taskId)}`
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined)
  return (text ?? 'None').slice(0, QUOTED)
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

const wholeNumber = (field: string, low: number, high: number, usual: number) => {
  const error = `${field} 必须是 ${low}-${high} 的整数`
  return z
    .number({ error })
    .transform(Math.trunc)
    .pipe(z.number().min(low, { error }).max(high, { error }))
    .nullish()
    .transform((value) => value ?? usual)
}
const flag = (field: string) =>
  z
    .boolean({ error: `${field} 必须是 true 或 false` })
    .nullish()
    .transform((value) => value ?? false)

const commonSchema = z.object({
  text: z.string({ error: ERROR_TEXTS.text }).refine((text) => isSpeakable(cleanText(text)), {
    error: ERROR_TEXTS.text,
  }),
  prompt_audio: z
    .string({ error: 'prompt_audio 必须是音频文件路径' })
    .nullish()
    .transform((path) => (path === '' ? undefined : (path ?? undefined))),
  interval_silence: wholeNumber('interval_silence', 0, LONGEST_INTERVAL_SILENCE, DEFAULT_INTERVAL_SILENCE),
  max_tokens: wholeNumber('max_tokens', 1, 10_000, DEFAULT_MAX_TOKENS),
  use_random: flag('use_random'),
  stream: flag('stream'),
})

/** A weight outside of its range is held to it, as IndexTTS-2 does. */
const alpha = z
  .number({ error: 'emo_alpha 必须是 0.0-1.0 的数' })
  .nullish()
  .transform((value) => Math.min(1, Math.max(0, value ?? 1)))
const strength = z.number().min(0).max(1)
const isVector = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length === 8

const emotionSchema = z.discriminatedUnion(
  'emo_mode',
  [
    z.object({ emo_mode: z.literal('none') }).transform(() => ({ mode: 'none' }) as const),
    z
      .object({
        emo_mode: z.literal('audio'),
        emo_audio: z.string({ error: ERROR_TEXTS.emotionAudio }).min(1, { error: ERROR_TEXTS.emotionAudio }),
        emo_alpha: alpha,
      })
      .transform((one) => ({ mode: 'audio', path: one.emo_audio, alpha: one.emo_alpha }) as const),
    z
      .object({
        emo_mode: z.literal('vector'),
        emo_vector: z
          .custom<readonly unknown[]>(isVector, { error: ERROR_TEXTS.emotionVector, abort: true })
          .pipe(z.array(strength, { error: ERROR_TEXTS.emotionVector })),
      })
      .transform((one) => ({ mode: 'vector', vector: one.emo_vector }) as const),
    z
      .object({
        emo_mode: z.literal('text'),
        emo_text: z.string({ error: ERROR_TEXTS.emotionText }).refine((text) => text.trim() !== '', {
          error: ERROR_TEXTS.emotionText,
        }),
        emo_alpha: alpha,
      })
      .transform((one) => ({ mode: 'text', text: one.emo_text, alpha: one.emo_alpha }) as const),
  ],
  { error: ERROR_TEXTS.mode },
)

function parseSpeechRequest(fields: Readonly<Record<string, unknown>>): ClientMessage {
  const common = commonSchema.safeParse(fields)
  if (!common.success) return badRequest(common.error)
  const emotion = emotionSchema.safeParse({ emo_mode: 'none', ...fields })
  if (!emotion.success) return badRequest(emotion.error)
  const { data } = common
  return {
    kind: 'speak',
    request: {
      text: data.text,
      promptAudio: data.prompt_audio,
      emotion: emotion.data,
      intervalSilence: data.interval_silence,
      maxTokens: data.max_tokens,
      useRandom: data.use_random,
      stream: data.stream,
    },
  }
}

/** Only the first problem fits the document's error message. */
function badRequest({ issues: [first] }: z.ZodError): ClientMessage {
  const isStrength = first?.path[0] === 'emo_vector' && first.path.length > 1
  const problem = isStrength ? 'emo_vector 的每个值必须在 0.0-1.0 之间' : first?.message
  return { kind: 'bad-request', problem: problem ?? ERROR_TEXTS.json }
}

/** The messages of the MuseTalk WebSocket service, read and written. */
import { z } from 'zod'
import type { SocketMessage } from '../../socket.js'

export const DEFAULT_JPEG_QUALITY = 70
const LOWEST_JPEG_QUALITY = 10
const HIGHEST_JPEG_QUALITY = 95

/** Text of a longer audio path is cut in answers. Linux allows 4096 bytes. */
const LONGEST_ECHO = 4096

/** Unknown fields are let pass, as the service does. */
const requestSchema = z.object({
  audio_path: z.string('必须是字符串').min(1, '不能为空'),
  options: z
    .object(
      {
        jpeg_quality: z
          .number('必须是数字')
          .default(DEFAULT_JPEG_QUALITY)
          .transform((quality) =>
            Math.round(Math.min(Math.max(quality, LOWEST_JPEG_QUALITY), HIGHEST_JPEG_QUALITY)),
          ),
        batch_send: z.boolean('必须是布尔值').default(false),
        verbose: z.boolean('必须是布尔值').default(false),
      },
      '必须是对象',
    )
    .prefault({}),
})

export interface StartOptions {
  /** JPEG quality, 10 to 95. */
  readonly jpegQuality: number
  /** Whether frames are sent in bursts. */
  readonly batchSend: boolean
  /** Whether the work is reported in detail to the server's log. */
  readonly verbose: boolean
}

export type Request =
  | { readonly kind: 'start'; readonly audioPath: string; readonly options: StartOptions }
  | { readonly kind: 'stop' }
  /** Cannot be served; the reason is for the client. */
  | { readonly kind: 'invalid'; readonly reason: string }

/** Reads one message of a client. Never throws. */
export function parseRequest(message: SocketMessage): Request {
  if (message.kind === 'bytes') return { kind: 'invalid', reason: '请求必须是JSON文本，不能是二进制数据' }
  let value: unknown
  try {
    value = JSON.parse(message.text)
  } catch {
    return { kind: 'invalid', reason: '无效的JSON格式' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'invalid', reason: '请求必须是JSON对象' }
  }
  if ('action' in value) {
    return value.action === 'stop'
      ? { kind: 'stop' }
      : { kind: 'invalid', reason: '未知的action，仅支持 "stop"' }
  }
  if (!('audio_path' in value)) return { kind: 'invalid', reason: '缺少audio_path参数' }
  const parsed = requestSchema.safeParse(value)
  if (!parsed.success) {
    const { path, message: problem } = parsed.error.issues[0]!
    return { kind: 'invalid', reason: `${path.join('.')} ${problem}` }
  }
  const { audio_path: audioPath, options } = parsed.data
  return {
    kind: 'start',
    audioPath,
    options: {
      jpegQuality: options.jpeg_quality,
      batchSend: options.batch_send,
      verbose: options.verbose,
    },
  }
}

export function processingMessage(audioPath: string): string {
  return JSON.stringify({ status: 'processing', audio_path: audioPath })
}

/**
 * @param current frames sent so far
 * @param total frames expected; an estimate that never falls behind `current`
 * @param seconds since the request
 */
export function progressMessage(current: number, total: number, seconds: number): string {
  return JSON.stringify({
    status: 'progress',
    current_frame: current,
    total_frames: total,
    progress_percent: total === 0 ? 0 : round((100 * current) / total, 1),
    elapsed_time: round(seconds, 2),
  })
}

/** @param seconds since the request */
export function completedMessage(frames: number, seconds: number): string {
  return JSON.stringify({
    status: 'completed',
    total_frames: frames,
    processing_time: round(seconds, 2),
    fps: seconds > 0 ? round(frames / seconds, 2) : 0,
  })
}

/** The answer to `stop`, whether or not anything runs. */
export function stoppedMessage(): string {
  return JSON.stringify({ status: 'stopped', message: '已停止处理并清理显存' })
}

/** Follows when work that had begun was stopped. */
export function stoppedMidProcessMessage(frames: number): string {
  return JSON.stringify({
    status: 'stopped_mid_process',
    message: `处理被停止，已生成 ${frames} 帧`,
    frames_generated: frames,
  })
}

export function errorMessage(reason: string): string {
  return JSON.stringify({ error: reason })
}

/** What clients are told when they can do nothing about it. */
export const INTERNAL_ERROR = '服务器内部错误'
export const BUSY_ERROR = '正在处理中，请等待完成或先发送停止指令'

export function missingFileError(audioPath: string): string {
  return `音频文件不存在: ${audioPath.slice(0, LONGEST_ECHO)}`
}

export function relativePathError(audioPath: string): string {
  return `audio_path必须是绝对路径: ${audioPath.slice(0, LONGEST_ECHO)}`
}

/** @param problem what is wrong with the file or the engine, in phiz's words */
export function processingError(problem: string): string {
  return `处理失败: ${problem}`
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

import { z } from 'zod'
import type { Config } from '../../config/schema.js'
import { ConfigError } from '../../errors.js'
import { encodeWav } from '../../media/wav.js'
import { askJson, HttpStatusError } from '../../net/http.js'
import { remoteAddress, type RemoteServer } from '../../net/server.js'

/** Sound to be written down. */
export interface SpokenSound {
  /** Mono in [-1, 1]. */
  readonly samples: Float32Array
  readonly sampleRate: number
  /** Language as ISO 639-1, such as `en`, where it is known: it helps. */
  readonly language?: string
}

/** Writes down what was said. */
export interface Transcriber {
  /** For people to read: `whisper-1 at http://127.0.0.1:8000/v1`. */
  readonly name: string
  /**
   * @returns the words, trimmed; empty when the server understood none
   * @throws UnavailableError when the server cannot be reached, is too slow, refuses, or breaks its protocol; the
   * signal's reason when it aborts
   */
  transcribe(sound: SpokenSound, signal: AbortSignal): Promise<string>
}

/**
 * What is read of a transcription in the form `json`.
 * Form: https://platform.openai.com/docs/api-reference/audio/json-object
 */
const transcriptionSchema = z.object({ text: z.string() })

/** Bytes of an answer: many times the words of the longest utterance. */
const MOST_ANSWER_BYTES = 262_144

/** What a key has: characters that a header can carry (RFC 9110, field values). */
const KEY = /^[\x21-\x7e]{0,4096}$/

/**
 * The transcription server of the configuration, which speaks OpenAI's `/v1/audio/transcriptions`.
 *
 * @returns undefined when none is configured
 * @throws ConfigError when the model's name is missing, or when the key cannot be one; the message does not hold it
 */
export function configuredTranscriber({ hearing }: Config): Transcriber | undefined {
  const { transcribeUrl, transcribeModel, apiKey, transcribeSeconds } = hearing
  if (transcribeUrl === '') return undefined
  const problems: string[] = []
  if (transcribeModel === '') problems.push('hearing.transcribeModel: Expected the name of a model, got none')
  if (!KEY.test(apiKey)) {
    problems.push(
      `hearing.apiKey: Expected a key of at most 4096 ASCII characters without spaces, got ${apiKey.length} characters`,
    )
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const address = remoteAddress(transcribeUrl.replace(/\/audio\/transcriptions\/?(?=$|\?)/, ''))
  // A key in the address comes first.
  const headers = { ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }), ...address.headers }
  return remoteTranscriber({
    server: { does: 'transcription', address: { ...address, headers }, timeoutMs: transcribeSeconds * 1000 },
    model: transcribeModel,
  })
}

function remoteTranscriber({
  server,
  model,
}: {
  readonly server: RemoteServer
  readonly model: string
}): Transcriber {
  return {
    name: `${model} at ${server.address.shown}`,
    async transcribe({ samples, sampleRate, language }, signal) {
      const body = new FormData()
      body.set(
        'file',
        new Blob([new Uint8Array(encodeWav(samples, sampleRate))], { type: 'audio/wav' }),
        'utterance.wav',
      )
      body.set('model', model)
      body.set('response_format', 'json')
      if (language !== undefined) body.set('language', language)
      try {
        const request = { method: 'POST', path: '/audio/transcriptions', body, signal } as const
        const { text } = await askJson(server, request, transcriptionSchema, MOST_ANSWER_BYTES)
        return text.trim()
      } catch (error) {
        throw withoutSecret(server, error)
      }
    },
  }
}

/** Servers repeat a wrong key in their refusal. */
function withoutSecret(server: RemoteServer, error: unknown): unknown {
  const secret = server.address.headers['authorization']?.replace(/^\w+ /, '')
  if (!(error instanceof HttpStatusError) || secret === undefined || !error.told.includes(secret))
    return error
  return new HttpStatusError(server, error.status, error.told.replaceAll(secret, '…'), error.retryable)
}

import { destination, pino, stdSerializers, type DestinationStream, type Logger } from 'pino'
import type { Config } from './config/schema.js'

export type { Logger } from 'pino'

/**
 * The log: JSON lines on standard error, a fixed message and structured fields. What people say and hear never goes
 * in: fields of these names are removed wherever they stand.
 */
const PRIVATE_FIELDS = ['text', 'audio', 'samples', 'data', 'prompt', 'transcript']

/**
 * Makes the application's log.
 * @param to where the lines go. Default: standard error, written at once, so that the last line before an end is not lost
 */
export function createLog(
  level: Config['log']['level'],
  to: DestinationStream = destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      serializers: { error: stdSerializers.err },
      redact: { paths: PRIVATE_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[private]' },
    },
    to,
  )
}

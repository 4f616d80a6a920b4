import { randomUUID } from 'node:crypto'
import type { StreamName } from '../../client/protocol.js'
import { Serial } from '../../media/serial.js'
import { KIND_OF_STREAM } from '../converse/settings.js'
import type { PulledBody } from '../http/pulled-body.js'
import type { Answer } from './answer.js'
import { Parts, TURN, type AnswerEvent, type AnswerStart } from './parts.js'

/** Events, sound, weights and pictures as parts of one body, as they are made. */
export function multipartAnswer(body: PulledBody, streams: readonly StreamName[]): Answer {
  const parts = new Parts(`phiz-${randomUUID()}`)
  const serial = new Serial()
  const { signal: never } = new AbortController()
  let untold: AnswerStart | undefined
  let signal = never

  // An answer begins with its first word or packet: what fails before is an error with a status of its own.
  const write = (bytes: () => Uint8Array, by = signal): Promise<void> =>
    serial.run(async () => {
      by.throwIfAborted()
      if (untold !== undefined) await body.write(parts.event(untold), by)
      untold = undefined
      await body.write(bytes(), by)
    })
  const end = async (event: AnswerEvent): Promise<void> => {
    // The turn's signal has ended with it.
    await write(() => Buffer.concat([parts.event(event), parts.end()]), never)
    body.end()
  }

  return {
    contentType: parts.contentType,
    open: (start, stopped) => {
      untold = start
      signal = stopped
      return Promise.resolve({
        name: 'multipart',
        kinds: streams.map((stream) => KIND_OF_STREAM[stream]),
        write: (packet) => write(() => parts.media(packet)),
      })
    },
    tell: (event) => write(() => parts.event(event)),
    finish: (stats) => end({ type: 'turn-end', turn: TURN, stats }),
    fail: async ({ code, message }, stats) => {
      if (body.hasStarted) await end({ type: 'turn-end', turn: TURN, error: { code, message }, stats })
    },
    close: () => {
      // It holds nothing.
    },
  }
}

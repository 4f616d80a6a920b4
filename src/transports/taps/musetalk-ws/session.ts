import { CancelledError } from '../../../errors.js'
import type { Socket } from '../../socket.js'
import type { TapServices } from '../tap.js'
import { Job, type JobOptions } from './job.js'
import {
  BUSY_ERROR,
  completedMessage,
  errorMessage,
  parseRequest,
  stoppedMessage,
  stoppedMidProcessMessage,
  type Request,
} from './protocol.js'

/**
 * One client, from its connection to its leaving. It has one job at a time; a request that comes meanwhile is refused
 * and harms nothing. When a job is complete the connection is closed; after a stop or an error it can be used again.
 */
export async function serveMusetalk(
  socket: Socket,
  services: TapServices,
  options: JobOptions,
): Promise<void> {
  let job: Job | undefined
  /** Resolves when the last job has ended and its client knows. */
  let concluded = Promise.resolve()
  /** Whether the client waits to be told that it has stopped the work. */
  let isStopping = false

  const start = async (request: Extract<Request, { kind: 'start' }>): Promise<void> => {
    if (job !== undefined) return socket.sendText(errorMessage(BUSY_ERROR))
    job = new Job(request.audioPath, request.options, socket, services, options)
    concluded = conclude(job).catch((error: unknown) => {
      // A client that has left takes no answer.
      if (!(error instanceof CancelledError)) services.onUnexpectedError(error)
    })
  }

  const conclude = async ({ outcome }: Job): Promise<void> => {
    const end = await outcome
    // Before the answer: a client may ask for the next job as soon as it reads it.
    job = undefined
    if (isStopping) await confirmStop()
    switch (end.kind) {
      case 'completed':
        await socket.sendText(completedMessage(end.frames, end.seconds))
        socket.close()
        break
      case 'stopped':
        await socket.sendText(stoppedMidProcessMessage(end.frames))
        break
      case 'failed':
        await socket.sendText(errorMessage(end.reason))
        break
    }
  }

  /**
   * The message says that the device's memory is free, so that is seen to before. A network that ended badly has ended:
   * that is no affair of the client's.
   */
  const confirmStop = async (): Promise<void> => {
    isStopping = false
    await services.catalogue.release().catch(services.onUnexpectedError)
    await socket.sendText(stoppedMessage())
  }

  const stop = async (): Promise<void> => {
    isStopping = job !== undefined
    if (job === undefined) return confirmStop()
    job.stop()
    await concluded
  }

  try {
    for await (const message of socket.messages()) {
      const request = parseRequest(message)
      switch (request.kind) {
        case 'start':
          await start(request)
          break
        case 'stop':
          await stop()
          break
        case 'invalid':
          await socket.sendText(errorMessage(request.reason))
          break
      }
    }
  } finally {
    // A client that has left stops its work through the socket's signal.
    await concluded
  }
}

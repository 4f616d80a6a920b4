import type { Channel } from './channel.js'
import { ProgramHost } from './program-host.js'
import type { AnyProgramModule } from './program.js'
import type { Reply, Request } from './protocol.js'
import { describeError } from './wire-error.js'

/**
 * The step loop of a worker, the same in a thread, in a child process and inline: takes requests off the channel and
 * answers them one after another, so that steps of several sessions interleave but never overlap.
 *
 * @param importProgram - Gives the module of a program by its URL.
 */
export function serve(channel: Channel, importProgram: (url: string) => Promise<AnyProgramModule>): void {
  const host = new ProgramHost(importProgram)
  let last = Promise.resolve()
  const take = (message: unknown): void => {
    const request = message as Request
    host.notice(request)
    last = last.then(async () => {
      const reply = await host.answer(request)
      send(channel, host, reply)
    })
  }
  channel.listen(take, (error) => {
    // Which request it was cannot be read either, and its sender waits: the worker's end tells it, after running steps.
    void last.then(() => {
      throw error
    })
  })
  channel.post({ id: 0, done: true, durationMs: 0 } satisfies Reply)
}

function send(channel: Channel, host: ProgramHost, reply: Reply): void {
  try {
    channel.post(reply, host.transferOf(reply))
  } catch (error) {
    // An output that cannot be cloned or moved is the program's error, not the worker's end.
    channel.post({
      id: reply.id,
      done: true,
      error: describeError(error),
      durationMs: reply.durationMs,
    } satisfies Reply)
  }
}

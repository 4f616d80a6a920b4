import type { ChildProcess, Serializable } from 'node:child_process'
import type { MessagePort, Transferable, Worker } from 'node:worker_threads'
import { ownMemory } from './own-memory.js'

/** One end of a two-way line of messages: to a thread, to a child process, or within this thread. */
export interface Channel {
  /** Sends a structured clone. Throws when the message cannot be cloned. */
  post(message: unknown, transfer?: readonly ArrayBufferLike[]): void
  /**
   * Sets the one receiver.
   *
   * @param onUnreadable Told of a message that came and cannot be read, such as one with a view of memory that was moved
   * away before.
   */
  listen(receive: (message: unknown) => void, onUnreadable: (error: Error) => void): void
}

/** A line over a MessagePort or to a Worker; buffers are moved. */
export function portChannel(port: MessagePort | Worker): Channel {
  return {
    post(message, transfer = []) {
      port.postMessage(message, transfer as Transferable[])
    },
    listen(receive, onUnreadable) {
      port.on('message', receive)
      port.on('messageerror', onUnreadable)
    },
  }
}

/**
 * A line over the IPC pipe of a child process with advanced serialization; buffers are copied. The other side's
 * death is told by the process itself, so a message that no longer arrives is no error here.
 */
export function ipcChannel(process: NodeJS.Process | ChildProcess): Channel {
  return {
    post(message) {
      if (process.connected) process.send?.(message as Serializable, undefined, undefined, () => undefined)
    },
    listen(receive) {
      process.on('message', (message) => {
        receive(ownMemory(message))
      })
    },
  }
}

/** A line within this thread that clones and moves as a real one does, so that tests see the same data. */
export function localChannel(): [Channel, Channel] {
  const receivers: ((message: unknown) => void)[] = []
  const end = (own: number, other: number): Channel => ({
    post(message, transfer = []) {
      const copy: unknown = structuredClone(message, { transfer: transfer as ArrayBuffer[] })
      queueMicrotask(() => receivers[other]?.(copy))
    },
    listen(receive) {
      receivers[own] = receive
    },
  })
  return [end(0, 1), end(1, 0)]
}

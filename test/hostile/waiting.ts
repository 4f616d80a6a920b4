import type { EventEmitter } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Resolves when a connection is over. `once` of Node would reject when it is over because of an error. */
export function closing(connection: EventEmitter & { readonly closed?: boolean }): Promise<void> {
  return new Promise((resolve) => {
    if (connection.closed === true) resolve()
    connection.once('close', () => {
      resolve()
    })
  })
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Runs a task `count` times, at most `width` of them at once. */
export async function inParallel(count: number, width: number, task: () => Promise<void>): Promise<void> {
  let begun = 0
  const run = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      await task()
    }
  }
  await Promise.all(Array.from({ length: width }, run))
}

/** Connects, and resolves also when that fails: what is written then goes nowhere, and `close` follows. */
export function connected(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  return new Promise((resolve) => {
    const settled = (): void => {
      resolve(socket)
    }
    socket.once('connect', settled).on('error', settled)
  })
}

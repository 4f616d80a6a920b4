import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** Which process works on a folder. Written beside the work, so that others can tell whether it still goes on. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** Unique for each piece of work. */
  readonly token: string
}

/** How often a living owner says that it lives. */
export const HEARTBEAT_MS = 15_000
/** After this long without a heartbeat an owner is taken for dead: it runs elsewhere, or its number is another's now. */
export const SILENCE_MS = 120_000

const RECORD = /^([\w.-]{1,80})~(\d{1,10})~([0-9a-f-]{36})$/

/** This process, for a new piece of work. */
export function newOwner(): Owner {
  return { host: hostName(), pid: process.pid, token: randomUUID() }
}

/** An owner as one word, which may be a file's name or its content. */
export function formatOwner({ host, pid, token }: Owner): string {
  return `${host}~${pid}~${token}`
}

/** Reads {@link formatOwner}'s word; undefined when it is none. */
export function parseOwner(text: string): Owner | undefined {
  const [, host, pid, token] = RECORD.exec(text) ?? []
  return host === undefined ? undefined : { host, pid: Number(pid), token: token! }
}

function hostName(): string {
  return (
    hostname()
      .replace(/[^\w.-]/g, '_')
      .slice(0, 80) || 'unnamed'
  )
}

/**
 * Whether the process of an owner is still at work.
 *
 * @param owner Undefined when its record cannot be read.
 * @param silenceMs Time since it last gave a sign.
 */
export function isAlive(owner: Owner | undefined, silenceMs: number): boolean {
  if (silenceMs > SILENCE_MS) return false
  if (owner?.host !== hostName()) return true
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives and is someone else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnavailableError } from '../errors.js'
import { fileProblem } from '../media/file-problem.js'
import { formatOwner, HEARTBEAT_MS, isAlive, newOwner, parseOwner, type Owner } from './owner.js'

/**
 * The right to change one folder of a store, among all processes that share the store. It is a folder of its own beside
 * the others, in which the new files are made: `.making-<id>`. Whoever renames a folder to that name first has the
 * claim. No id begins with a dot, so what this file makes is never taken for something stored.
 */
export interface Claim {
  /** Where to build; gone after {@link Claim.release}. */
  readonly folder: string
  /** Gives the claim up and removes what is left in its folder. Never throws; safe to call twice. */
  release(): Promise<void>
}

const OWNER_FILE = 'owner'
/** A claim's folder before it has its name; its owner follows. */
const PREPARED = '.prepared-'
const MAKING = '.making-'
/** What is on its way out. Anybody may remove it. */
const GONE = '.gone-'

/** A rename to a name that is taken. */
const TAKEN = new Set(['EEXIST', 'ENOTEMPTY', 'EPERM', 'EACCES'])

/**
 * Takes the claim on a folder; that of a dead process is taken over, and its unfinished work removed.
 *
 * @param root Folder of the store; made when it is missing.
 * @param noun What the store holds, one of them, as messages begin with it: `Avatar`.
 * @throws UnavailableError (to be tried again) when a living process has it; InputError or MediaError when the folder
 * cannot be written.
 */
export async function claimFolder(root: string, id: string, noun: string): Promise<Claim> {
  const subject = `${noun} "${id}"`
  const owner = newOwner()
  const folder = join(root, MAKING + id)
  const prepared = join(root, PREPARED + formatOwner(owner))
  try {
    await mkdir(prepared, { recursive: true })
    await writeFile(join(prepared, OWNER_FILE), formatOwner(owner))
    await takeName(root, subject, prepared, folder)
  } catch (error) {
    await rm(prepared, { recursive: true, force: true }).catch(() => undefined)
    throw fileProblem(error, `${noun}s cannot be stored in ${root}`)
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(join(folder, OWNER_FILE), now, now).catch(() => undefined)
  }, HEARTBEAT_MS)
  heartbeat.unref()
  let released: Promise<void> | undefined
  const release = async (): Promise<void> => {
    clearInterval(heartbeat)
    // Whoever slept so long that it was taken for dead must not remove its successor's work.
    if ((await stateOf(folder)).owner?.token !== owner.token) return
    await discard(root, folder).catch(() => undefined)
  }
  return { folder, release: () => (released ??= release()) }
}

async function takeName(root: string, subject: string, prepared: string, folder: string): Promise<void> {
  try {
    await rename(prepared, folder)
    return
  } catch (error) {
    if (!TAKEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  const present = await stateOf(folder)
  if (present.life === 'alive') throw busy(subject, present.owner)
  if (present.life === 'dead') await evict(root, subject, folder, present.owner)
  await rename(prepared, folder).catch((error: unknown) => {
    if (TAKEN.has((error as NodeJS.ErrnoException).code ?? '')) throw busy(subject, undefined)
    throw error
  })
}

/** Takes the name away from a dead owner. */
async function evict(root: string, subject: string, folder: string, dead: Owner | undefined): Promise<void> {
  const aside = join(root, GONE + randomUUID())
  await rename(folder, aside).catch(() => undefined)
  const { owner } = await stateOf(aside)
  if (owner?.token !== dead?.token) {
    // Another process evicted the dead one and has the name by now: it gets it back.
    await rename(aside, folder).catch(() => undefined)
    throw busy(subject, owner)
  }
  await rm(aside, { recursive: true, force: true }).catch(() => undefined)
}

function busy(subject: string, owner: Owner | undefined): UnavailableError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new UnavailableError(`${subject} is being made or removed by ${who}; try again when that is done.`, {
    retryable: true,
  })
}

interface ClaimState {
  readonly owner: Owner | undefined
  /** `gone`: the claim has been given up meanwhile. */
  readonly life: 'alive' | 'dead' | 'gone'
}

async function stateOf(folder: string): Promise<ClaimState> {
  const file = join(folder, OWNER_FILE)
  const inside = parseOwner(await readFile(file, 'utf8').catch(() => ''))
  const owner = inside ?? parseOwner(basename(folder).slice(PREPARED.length))
  const sign = await stat(inside === undefined ? folder : file).catch(() => undefined)
  if (sign === undefined) return { owner, life: 'gone' }
  return { owner, life: isAlive(owner, Date.now() - sign.mtimeMs) ? 'alive' : 'dead' }
}

/**
 * Takes a file or folder away at once, by renaming it, and then removes it. What cannot be removed now is removed by
 * {@link sweep} later.
 *
 * @throws when it cannot even be renamed.
 */
export async function discard(root: string, path: string): Promise<void> {
  const aside = join(root, GONE + randomUUID())
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(aside, { recursive: true, force: true }).catch(() => undefined)
}

/**
 * Removes what processes that ended in the middle of their work have left; the work of living ones is left alone.
 * Never throws: what cannot be removed stays for the next time.
 *
 * @param isId Whether a name can be an id of this store.
 * @returns The ids of what a dead process was working on; their claims stay, to be taken over.
 */
export async function sweep(root: string, isId: (name: string) => boolean): Promise<string[]> {
  const interrupted: string[] = []
  for (const name of await readdir(root).catch(() => [])) {
    const path = join(root, name)
    if (name.startsWith(GONE)) await rm(path, { recursive: true, force: true }).catch(() => undefined)
    if (!name.startsWith(PREPARED) && !name.startsWith(MAKING)) continue
    if ((await stateOf(path)).life !== 'dead') continue
    const id = name.slice(MAKING.length)
    if (name.startsWith(MAKING) && isId(id)) interrupted.push(id)
    else await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
  return interrupted
}

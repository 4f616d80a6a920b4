import { exportRig, type RigSubject } from '../../stages/video/portrait/glb/export-rig.js'
import { CancelledError, InputError, OverloadError } from '../../errors.js'
import type { AvatarStore } from '../../stages/avatar/store.js'
import { BUILT_IN } from '../avatars/protocol.js'

/** A rig that can be had. */
export interface AvailableRig {
  /** Changes with its content. */
  readonly revision: string
  /**
   * Makes it, or gives what has been made.
   * @throws OverloadError when as many are being made as may; what making it throws
   */
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>
}

/** Rigs are about a megabyte each. */
const KEPT = 4
const MADE_AT_ONCE = 2
/** Changes when the same avatar's rig would be another one: with the form of the file, or the built-in face. */
const FORM = '1'

/** The rigs of the server's faces, made when they are asked for; the latest few are kept. */
export class Rigs {
  readonly #store: AvatarStore
  readonly #stopped = new AbortController()
  /** By revision, the one asked for last at the end. */
  readonly #made = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  readonly #working = new Set<Promise<unknown>>()

  constructor(store: AvatarStore) {
    this.#store = store
  }

  /**
   * @param id a stored portrait's, or `_built-in`
   * @throws PhizError `not-found` when there is no such avatar; InputError when it has no rig, being a video
   */
  async find(id: string): Promise<AvailableRig> {
    if (id === BUILT_IN) return this.#rig(`${BUILT_IN}-${FORM}`, { kind: 'built-in' })
    const { kind, revision } = await this.#store.get(id)
    if (kind === 'video') {
      throw new InputError(`id is "${id}", which is an avatar of a video; only portraits have a rig.`)
    }
    return this.#rig(`${revision}-${FORM}`, { kind, id, folder: this.#store.folderOf(id), revision })
  }

  /** Stops what is being made, and resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#stopped.abort(new CancelledError('The server is stopping.'))
    await Promise.all(this.#working)
  }

  #rig(revision: string, subject: RigSubject): AvailableRig {
    return { revision, read: async () => this.#read(revision, subject) }
  }

  #read(revision: string, subject: RigSubject): Promise<Uint8Array<ArrayBuffer>> {
    const made = this.#made.get(revision) ?? this.#make(revision, subject)
    this.#made.delete(revision)
    this.#made.set(revision, made)
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= KEPT) break
      this.#made.delete(oldest)
    }
    return made
  }

  #make(revision: string, subject: RigSubject): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#working.size >= MADE_AT_ONCE) {
      throw new OverloadError(`${MADE_AT_ONCE} rigs are being made; try again later.`)
    }
    const making = exportRig(subject, this.#stopped.signal)
    const settled = making
      .then(
        () => undefined,
        // What failed is tried again when it is asked for again.
        () => void this.#made.delete(revision),
      )
      .finally(() => this.#working.delete(settled))
    this.#working.add(settled)
    return making
  }
}

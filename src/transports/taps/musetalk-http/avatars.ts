import { OverloadError, PhizError } from '../../../errors.js'
import { createAvatar } from '../../../stages/avatar/create.js'
import type { AvatarServices, AvatarSource } from '../../../stages/avatar/job.js'
import { isAvatarId } from '../../../stages/avatar/avatar-id.js'
import type { AvatarPlace } from '../../../stages/video/portrait/subject.js'
import { unknownAvatar, type AvatarInfo } from './protocol.js'

/** The avatar is being made, or in use: HTTP 409. */
export class AvatarBusyError extends PhizError {
  constructor(message: string) {
    super('unavailable', message, { retryable: true })
  }
}

interface Creation {
  /** Unix time in seconds. */
  readonly since: number
  /** Settles when it is over. */
  readonly work: Promise<unknown>
}

export interface AvatarOrder {
  readonly id: string
  readonly source: AvatarSource
  readonly bboxShift: number
  readonly batchSize: number
}

/** As many frames of a video as can be prepared at once. */
const MOST_BATCH = 64

/** The stored avatars, and those that this tap is making. */
export class Avatars {
  readonly #services: AvatarServices
  readonly #mostCreations: number
  readonly #making = new Map<string, Creation>()

  /** @param mostCreations avatars that may be made at once */
  constructor(services: AvatarServices, mostCreations: number) {
    this.#services = services
    this.#mostCreations = mostCreations
  }

  /**
   * Makes an avatar, or makes it anew: until the new one is there, the old one stays.
   * @throws AvatarBusyError when it is being made already, OverloadError when as many are being made as may, and what
   * {@link createAvatar} throws
   */
  async create({ id, source, bboxShift, batchSize }: AvatarOrder, signal: AbortSignal): Promise<void> {
    this.#refuseMaking(id)
    if (this.#making.size >= this.#mostCreations) {
      throw new OverloadError(
        `${this.#mostCreations} avatars are being made, as many as may; try again later.`,
      )
    }
    const work = createAvatar(
      this.#services,
      { id, source, bboxShift, batchSize: Math.min(batchSize, MOST_BATCH), replace: true },
      { signal },
    )
    this.#making.set(id, { since: Date.now() / 1000, work })
    try {
      await work
    } finally {
      this.#making.delete(id)
    }
  }

  /** All avatars by id. */
  async list(): Promise<AvatarInfo[]> {
    const avatars = new Map<string, AvatarInfo>()
    for (const entry of await this.#services.store.list()) {
      const isWhole = 'manifest' in entry
      avatars.set(entry.id, {
        avatar_id: entry.id,
        status: isWhole ? 'idle' : 'error',
        created_at: isWhole ? Date.parse(entry.manifest.createdAt) / 1000 : 0,
      })
    }
    for (const [id, { since }] of this.#making) {
      const created_at = avatars.get(id)?.created_at ?? since
      avatars.set(id, { avatar_id: id, status: 'preparing', created_at })
    }
    return [...avatars.values()].sort((a, b) => (a.avatar_id < b.avatar_id ? -1 : 1))
  }

  /**
   * A stored avatar.
   * @throws PhizError `not-found` when there is none, `model-load` when it is damaged; AvatarBusyError when its first
   * making is not done
   */
  async find(id: string): Promise<AvatarPlace> {
    const { store } = this.#services
    if (!isAvatarId(id)) throw new PhizError('not-found', unknownAvatar(id))
    try {
      return { folder: store.folderOf(id), manifest: await store.get(id) }
    } catch (error) {
      if (!PhizError.isInstance(error)) throw error
      if (error.code === 'model-load') {
        throw new PhizError('model-load', `Avatar ${id} is damaged; create it again`, { cause: error })
      }
      if (error.code !== 'not-found') throw error
      this.#refuseMaking(id)
      throw new PhizError('not-found', unknownAvatar(id), { cause: error })
    }
  }

  /** Resolves when nothing is being made any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(Array.from(this.#making.values(), ({ work }) => work))
  }

  #refuseMaking(id: string): void {
    if (this.#making.has(id)) throw new AvatarBusyError(`Avatar ${id} is being prepared`)
  }
}

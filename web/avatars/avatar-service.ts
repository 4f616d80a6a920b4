import { serverAddress } from '../connection/address.js'
import { uploadForm } from '../connection/form-upload.js'
import { problemOf, ServerProblem } from '../connection/server-problem.js'
import type { AvatarInfo, CreationStep } from './avatar-info.js'
import { CreationReader } from './creation-reader.js'

const PATH = 'v1/avatars'

/** Who follows the making of an avatar. */
export interface CreationListener {
  readonly signal: AbortSignal
  /** Told how much of the file has been sent, 0–1. */
  readonly onSent: (share: number) => void
  readonly onStep: (step: CreationStep) => void
}

/** An avatar that was made, and what is odd about its file. */
export interface CreatedAvatar {
  readonly avatar: AvatarInfo
  readonly warnings: readonly string[]
}

/** The server's avatars. */
export class AvatarService {
  readonly #page: string

  /** @param page address of the page */
  constructor(page: string) {
    this.#page = page
  }

  /** @throws ServerProblem, or TypeError when the server cannot be reached */
  async list(): Promise<readonly AvatarInfo[]> {
    const answer = await fetch(this.#address(PATH))
    const text = await answer.text()
    if (!answer.ok) throw problemOf(text)
    return (JSON.parse(text) as { avatars: AvatarInfo[] }).avatars
  }

  /** Where the small picture of an avatar is. */
  picture({ picture }: AvatarInfo): string | undefined {
    return picture === undefined ? undefined : this.#address(picture)
  }

  /** Where the picture of an avatar is in the size of its frames; null is the built-in face. */
  fullPicture(id: string | null): string {
    return this.#address(`${PATH}/${encodeURIComponent(id ?? '_built-in')}/picture?size=full`)
  }

  /** @throws ServerProblem saying why the file cannot be used; what the signal aborts with */
  async create(id: string, file: File, { signal, onSent, onStep }: CreationListener): Promise<CreatedAvatar> {
    const form = new FormData()
    form.append('id', id)
    form.append('file', file)
    const reader = new CreationReader(onStep)
    const lines = { accept: 'application/x-ndjson' }
    const onAnswer = (text: string): void => reader.take(text)
    const url = this.#address(PATH)
    const answer = await uploadForm({ url, form, headers: lines, signal, onSent, onAnswer })
    if (!answer.ok) throw problemOf(answer.text)
    const { end } = reader
    if (end === undefined) throw new TypeError('The server broke off.')
    if ('problem' in end) throw new ServerProblem(end.problem)
    return end
  }

  /** @throws ServerProblem */
  async remove(id: string): Promise<void> {
    const answer = await fetch(this.#address(`${PATH}/${encodeURIComponent(id)}`), { method: 'DELETE' })
    // One that is gone already is what was wanted.
    if (!answer.ok && answer.status !== 404) throw problemOf(await answer.text())
  }

  #address(path: string): string {
    return serverAddress(this.#page, path)
  }
}

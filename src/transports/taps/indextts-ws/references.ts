import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError } from '../../../errors.js'
import { fileProblem } from '../../../media/file-problem.js'
import type { VoiceStyle } from '../../../pipeline/packet.js'
import type { Catalogue } from '../../../stages/catalogue.js'
import { mediaPath, type MediaRoots } from '../media-path.js'

/** Recordings whose styles are remembered. */
const REMEMBERED = 64

interface Remembered {
  readonly modified: number
  readonly size: number
  readonly style: VoiceStyle
}

/** The pitch and pace of recorded speakers. Clients send the same few recordings again and again. */
export class References {
  readonly #recordedStyle: Catalogue['recordedStyle']
  readonly #roots: MediaRoots
  /** By path, the least recently used first. */
  readonly #styles = new Map<string, Remembered>()

  /**
   * @param recordedStyle the catalogue's
   * @param roots folders that clients may name files in; relative paths are looked up in each of them
   */
  constructor(recordedStyle: Catalogue['recordedStyle'], roots: MediaRoots) {
    this.#recordedStyle = recordedStyle
    this.#roots = roots
  }

  /**
   * @throws InputError or MediaError when the file may not or cannot be read; InputError when hardly any voice is in it
   */
  async styleOf(path: string, signal: AbortSignal): Promise<VoiceStyle> {
    const file = await this.#find(path)
    const { mtimeMs: modified, size } = await stat(file).catch((error: unknown) => {
      throw fileProblem(error, `The audio file ${path} cannot be read`)
    })
    const known = this.#styles.get(file)
    this.#styles.delete(file)
    const isSame = known?.modified === modified && known.size === size
    const style = isSame ? known.style : await this.#recordedStyle(file, signal, path)
    this.#styles.set(file, { modified, size, style })
    const [oldest] = this.#styles.keys()
    if (this.#styles.size > REMEMBERED && oldest !== undefined) this.#styles.delete(oldest)
    return style
  }

  async #find(path: string): Promise<string> {
    // The service's clients name files relative to the folder that it was started in.
    const folders = this.#roots === 'anything' ? ['.'] : this.#roots
    for (const folder of folders) {
      const found = await mediaPath(resolve(folder, path), this.#roots)
      if (found.kind === 'file') return found.path
    }
    throw new InputError(`The audio file ${path} is not on the server, or may not be read there.`)
  }
}

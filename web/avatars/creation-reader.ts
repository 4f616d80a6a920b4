import type { AvatarInfo, CreationStep } from './avatar-info.js'

type Line =
  | ({ readonly type: 'progress' } & CreationStep)
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'avatar'; readonly avatar: AvatarInfo }
  | { readonly type: 'error'; readonly error: { readonly message: string } }

/** How a creation ended. */
export type CreationEnd =
  { readonly avatar: AvatarInfo; readonly warnings: readonly string[] } | { readonly problem: string }

/** Reads the server's lines on a creation out of an answer that is growing. */
export class CreationReader {
  readonly #onStep: (step: CreationStep) => void
  readonly #warnings: string[] = []
  #read = 0
  #end: CreationEnd | undefined

  constructor(onStep: (step: CreationStep) => void) {
    this.#onStep = onStep
  }

  /** How it ended; undefined as long as it has not. */
  get end(): CreationEnd | undefined {
    return this.#end
  }

  /** @param text all of the answer so far */
  take(text: string): void {
    for (let end = text.indexOf('\n', this.#read); end !== -1; end = text.indexOf('\n', this.#read)) {
      const line = text.slice(this.#read, end)
      this.#read = end + 1
      if (line.trim() !== '') this.#takeLine(JSON.parse(line) as Line)
    }
  }

  #takeLine(line: Line): void {
    switch (line.type) {
      case 'progress':
        this.#onStep(line)
        break
      case 'warning':
        this.#warnings.push(line.message)
        break
      case 'avatar':
        this.#end = { avatar: line.avatar, warnings: this.#warnings }
        break
      case 'error':
        this.#end = { problem: line.error.message }
        break
    }
  }
}

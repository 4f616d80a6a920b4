import { subjectKey, type Subject } from './subject.js'
import type { FramePainter } from './painter.js'

/** Painters kept ready: of conversations that take turns, and of the avatar that was just left. */
const KEPT = 4

/** The painters of one worker: made when first asked for, the longest unused given up. */
export class PainterCache {
  readonly #make: (subject: Subject) => Promise<FramePainter>
  /** In the order of their last use. */
  readonly #painters = new Map<string, Promise<FramePainter>>()

  constructor(make: (subject: Subject) => Promise<FramePainter>) {
    this.#make = make
  }

  /** The painter of a subject. A failure is forgotten, so that the next call tries again. */
  get(subject: Subject): Promise<FramePainter> {
    const key = subjectKey(subject)
    const painter = this.#painters.get(key) ?? this.#make(subject)
    this.#painters.delete(key)
    this.#painters.set(key, painter)
    painter.catch(() => {
      if (this.#painters.get(key) === painter) this.#painters.delete(key)
    })
    for (const oldest of this.#painters.keys()) {
      if (this.#painters.size <= KEPT) break
      this.#painters.delete(oldest)
    }
    return painter
  }
}

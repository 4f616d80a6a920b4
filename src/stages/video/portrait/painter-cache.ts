import { subjectKey, type Subject } from './subject.js'
import type { FramePainter } from './painter.js'

/**
 * Painters are kept ready for conversations that take turns, and for the look that was just left: as many as have
 * frames of so many pixels together, for the memory of a painter grows with them.
 */
const KEPT_PIXELS = 4 * 512 * 512
/** A painter of small frames counts as one of this many pixels: meshes do not shrink with the frame. */
const LEAST_PIXELS = 256 * 256

interface Kept {
  readonly painter: Promise<FramePainter>
  /** 0 until the painter has been made. */
  pixels: number
}

/** The painters of one worker: made when first asked for, the longest unused given up. */
export class PainterCache {
  readonly #make: (subject: Subject) => Promise<FramePainter>
  /** In the order of their last use. */
  readonly #painters = new Map<string, Kept>()

  constructor(make: (subject: Subject) => Promise<FramePainter>) {
    this.#make = make
  }

  /** The painter of a subject. A failure is forgotten, so that the next call tries again. */
  get(subject: Subject): Promise<FramePainter> {
    const key = subjectKey(subject)
    const kept = this.#painters.get(key) ?? this.#begin(key, subject)
    this.#painters.delete(key)
    this.#painters.set(key, kept)
    return kept.painter
  }

  #begin(key: string, subject: Subject): Kept {
    const kept: Kept = { painter: this.#make(subject), pixels: 0 }
    kept.painter.then(
      ({ width, height }) => {
        kept.pixels = Math.max(LEAST_PIXELS, width * height)
        this.#trim()
      },
      () => {
        if (this.#painters.get(key) === kept) this.#painters.delete(key)
      },
    )
    return kept
  }

  /** Whoever draws with a painter that is given up holds it until they are done. */
  #trim(): void {
    let pixels = 0
    for (const kept of this.#painters.values()) pixels += kept.pixels
    for (const [key, kept] of this.#painters) {
      if (pixels <= KEPT_PIXELS || this.#painters.size === 1) return
      this.#painters.delete(key)
      pixels -= kept.pixels
    }
  }
}

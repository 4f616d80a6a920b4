import type { Turn } from './head-scene.js'

/** How far a visitor may turn the head, in radians: the rig shows no more of it. */
export const MOST_TURN = (12 * Math.PI) / 180
/** One press of an arrow key. */
const KEY_STEP = MOST_TURN / 4
/** How far the head looks after a pointer that only passes by. */
const PARALLAX = MOST_TURN / 4
/** Milliseconds in which a turn is nearly done. */
const SETTLING = 90
/** Nearer than this, in radians, it is there. */
const THERE = 1e-4

const KEYS: Readonly<Record<string, readonly [yaw: number, pitch: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Turns a head by dragging, by the arrow keys, and a little after the pointer. Home and a double click turn it back. */
export class Turning {
  readonly #element: HTMLElement
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  readonly #listening = new AbortController()
  #yaw = 0
  #pitch = 0
  #parallaxYaw = 0
  #parallaxPitch = 0
  readonly #now = { yaw: 0, pitch: 0 }
  #at: number | undefined
  #dragging: number | undefined

  /** @param element takes the pointer and the keys */
  constructor(element: HTMLElement) {
    this.#element = element
    const { signal } = this.#listening
    element.addEventListener('keydown', (event) => this.#press(event), { signal })
    element.addEventListener('dblclick', () => this.#turn(0, 0), { signal })
    element.addEventListener('pointerdown', (event) => this.#grasp(event), { signal })
    element.addEventListener('pointermove', (event) => this.#move(event), { signal })
    for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
      element.addEventListener(end, () => this.#release(), { signal })
    }
  }

  /** The turn at a moment in milliseconds: on its way to what is wanted. The object is the same each time. */
  at(now: number): Turn {
    const since = this.#at === undefined ? Infinity : Math.max(0, now - this.#at)
    const share = this.#calm.matches ? 1 : 1 - Math.exp((-3 * since) / SETTLING)
    this.#at = now
    this.#now.yaw = settle(this.#now.yaw, this.#yaw + this.#parallaxYaw, share)
    this.#now.pitch = settle(this.#now.pitch, this.#pitch + this.#parallaxPitch, share)
    return this.#now
  }

  dispose(): void {
    this.#listening.abort()
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const step = KEYS[event.key]
    if (step !== undefined) this.#turn(this.#yaw + step[0] * KEY_STEP, this.#pitch + step[1] * KEY_STEP)
    else if (event.key === 'Home') this.#turn(0, 0)
    else return
    event.preventDefault()
  }

  #grasp(event: PointerEvent): void {
    if (event.button !== 0) return
    this.#dragging = event.pointerId
    this.#parallaxYaw = this.#parallaxPitch = 0
    this.#element.setPointerCapture(event.pointerId)
  }

  #move(event: PointerEvent): void {
    const { width, height, left, top } = this.#element.getBoundingClientRect()
    if (this.#dragging === event.pointerId) {
      // Half the picture's width is the whole way.
      const scale = (MOST_TURN * 4) / Math.max(1, width)
      this.#turn(this.#yaw + event.movementX * scale, this.#pitch + event.movementY * scale)
    } else if (event.pointerType === 'mouse' && !this.#calm.matches) {
      this.#parallaxYaw = (((event.clientX - left) / width) * 2 - 1) * PARALLAX
      this.#parallaxPitch = (((event.clientY - top) / height) * 2 - 1) * PARALLAX
    }
  }

  #release(): void {
    this.#dragging = undefined
    this.#parallaxYaw = this.#parallaxPitch = 0
  }

  #turn(yaw: number, pitch: number): void {
    const within = (angle: number): number => Math.min(MOST_TURN, Math.max(-MOST_TURN, angle))
    this.#yaw = within(yaw)
    this.#pitch = within(pitch)
  }
}

function settle(now: number, wanted: number, share: number): number {
  return Math.abs(wanted - now) < THERE ? wanted : now + (wanted - now) * share
}

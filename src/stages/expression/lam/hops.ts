import { LAM_WINDOW_FRAMES, LAM_WINDOW_SAMPLES } from './contract.js'

/** A stretch of sound that the network runs on. */
export interface Window {
  readonly frames: number
  readonly samples: number
}

/** How far apart the runs of the network are, and what they run on. */
export interface Hops {
  /** Frames from one run to the next at the beginning of a turn, in order. */
  readonly growing: readonly number[]
  /** Frames from then on. */
  readonly longest: number
  /** From the shortest to the longest. */
  readonly windows: readonly [Window, ...Window[]]
}

/** The window of the published streaming. */
const WHOLE: Window = { frames: LAM_WINDOW_FRAMES, samples: LAM_WINDOW_SAMPLES }
/**
 * Half a window takes half the time. Frames lie in it exactly as in a whole one: 50 steps of the network's front end for
 * 30 frames, as 105 for 63.
 */
const HALF: Window = { frames: 31, samples: 16_533 }
/** Five seconds in the same manner: the published model hears a recording in one piece, and it costs the least so. */
const LONG: Window = { frames: 151, samples: 80_533 }

/** Frames of a window that have been heard before, at the least: what is new is heard with what it follows. */
const CONTEXT = 16

/**
 * Of a stream: short at first, so that the face begins early, then longer, because a run takes its window’s time whatever
 * is new in it. The first four fill a second, the next two the second one.
 */
export const STREAM_HOPS: Hops = { growing: [6, 6, 9, 9, 15, 15], longest: 30, windows: [HALF, WHOLE] }

/**
 * Of a recording, for whose first frame nobody waits: as long as a window takes. A longer one would keep turns that share
 * the network waiting.
 */
export const RECORDING_HOPS: Hops = { growing: [], longest: 132, windows: [HALF, WHOLE, LONG] }

/**
 * Frames at the end of a window that are held back: the next window, which hears what follows them, has its say about
 * them too. 100 ms, the reach of coarticulation that a listener's eye can tell.
 */
export const HELD_BACK = 3

/**
 * The window for a number of frames that have not left: the shortest that holds what came before them, too. Half a one
 * serves in the first second, where a whole one would hold more silence than sound, and often at the end of a turn.
 */
export function windowFor(fresh: number, { windows }: Pick<Hops, 'windows'>): Window {
  return windows.find(({ frames }) => frames - fresh >= CONTEXT) ?? longestOf(windows)
}

/** The longest of some windows. */
export function longestOf(windows: Hops['windows']): Window {
  return windows.at(-1) ?? windows[0]
}

/** How many frames have been heard at each run, one after the other. They depend on the place in the turn alone. */
export function* windowEnds({ growing, longest }: Hops): Generator<number, never> {
  let end = 0
  for (const hop of growing) yield (end += hop)
  for (;;) yield (end += longest)
}

/** How many frames have left when so many have been heard, and more may follow. */
export function framesDue(heard: number, hops: Hops): number {
  let due = 0
  for (const end of windowEnds(hops)) {
    if (end > heard) return due
    due = end - HELD_BACK
  }
  return due
}

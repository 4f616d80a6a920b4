import { LAM_WINDOW_FRAMES, LAM_WINDOW_SAMPLES } from './contract.js'

/** How far apart the runs of the network are. */
export interface Hops {
  /** Frames from one run to the next at the beginning of a turn, in order. */
  readonly growing: readonly number[]
  /** Frames from then on. */
  readonly longest: number
}

/**
 * Of a stream: short at first, so that the face begins early, then longer, because a run takes its window’s time whatever
 * is new in it. The first four fill a second, the next two the second one.
 */
export const STREAM_HOPS: Hops = { growing: [6, 6, 9, 9, 15, 15], longest: 30 }

/** Of a recording, for whose first frame nobody waits: as long as leaves a window some of what came before. */
export const RECORDING_HOPS: Hops = { growing: [], longest: 48 }

/**
 * Frames at the end of a window that are held back: the next window, which hears what follows them, has its say about
 * them too. 100 ms, the reach of coarticulation that a listener's eye can tell.
 */
export const HELD_BACK = 3

/** A stretch of sound that the network runs on. */
export interface Window {
  readonly frames: number
  readonly samples: number
}

const WHOLE: Window = { frames: LAM_WINDOW_FRAMES, samples: LAM_WINDOW_SAMPLES }
/**
 * Half a window takes half the time. Frames lie in it exactly as in a whole one: 50 steps of the network's front end for
 * 30 frames, as 105 for 63.
 */
const HALF: Window = { frames: 31, samples: 16_533 }

/**
 * The window for a number of frames that have not left: half a one where no more than half of that is new. So it is in
 * the first second, where a whole one would hold more silence than sound, and often at the end of a turn.
 */
export function windowFor(fresh: number): Window {
  return fresh <= HALF.frames / 2 ? HALF : WHOLE
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

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

/**
 * The window of so many tenths of a second. Frames lie exactly alike in all of them, as in the one of the published
 * streaming, which has 21: five steps of the network's front end for three frames.
 */
function windowOf(tenths: number): Window {
  return { frames: 3 * tenths + 1, samples: 1600 * tenths + 533 }
}

/** Half the published window, which takes half the time, and the whole one. */
const STREAM_WINDOWS: Hops['windows'] = [windowOf(10), windowOf(21)]
/**
 * The published model hears a recording in one piece, and costs the least so; five seconds come near to that. There are
 * few lengths, because CUDA chooses its kernels anew for each.
 */
const RECORDING_WINDOWS: Hops['windows'] = [
  ...STREAM_WINDOWS,
  windowOf(30),
  windowOf(37),
  windowOf(44),
  windowOf(50),
]

/** Frames of a window that have been heard before, at the least: what is new is heard with what it follows. */
const CONTEXT = 16

/**
 * Of a stream: short at first, so that the face begins early, then longer, because a run takes its window’s time whatever
 * is new in it. The first four fill a second, the next two the second one.
 */
export const STREAM_HOPS: Hops = { growing: [6, 6, 9, 9, 15, 15], longest: 30, windows: STREAM_WINDOWS }

/**
 * Of a recording, for whose first frame nobody waits: as long as a window takes. A longer one would keep turns that share
 * the network waiting.
 */
export const RECORDING_HOPS: Hops = { growing: [], longest: 132, windows: RECORDING_WINDOWS }

/**
 * Frames at the end of a window that are held back: the next window, which hears what follows them, has its say about
 * them too. 100 ms, the reach of coarticulation that a listener's eye can tell.
 */
export const HELD_BACK = 3

/**
 * The window for frames that have not left: the shortest that holds what came before them, too. So a short one serves at
 * the beginning, where a longer one would hold more silence than sound, and often at the end of a turn.
 *
 * @param fresh frames that have not left
 * @param heard all frames heard so far
 */
export function windowFor(fresh: number, heard: number, { windows }: Pick<Hops, 'windows'>): Window {
  const needed = Math.min(heard, fresh + CONTEXT)
  return windows.find(({ frames }) => frames >= needed) ?? longestOf(windows)
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

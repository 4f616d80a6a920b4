import { BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'

/** Levels below this part of the loudest frame are silence (−34 dB), and below this level (−60 dB) always. */
const SILENT_PART = 0.02
const SILENT_LEVEL = 0.001
/** Seconds: shorter silences are the closures of consonants and pauses within a phrase. */
const SHORTEST_SILENCE = 0.2
/** Seconds from speech into silence, and from silence into speech, in which the mouth comes to rest. */
const SETTLING = 0.15
/** What is left of the mouth's movement in the depth of a silence. */
const REST = 0.1

/** What speech moves; a smile or a frown is a mood, which silence does not end. */
const MOUTH = BLENDSHAPE_NAMES.flatMap((name, channel) =>
  /^(jaw|mouth(?!Smile|Frown|Dimple)|tongue)/.test(name) ? [channel] : [],
)

/**
 * `movement_smooth`: lets the mouth rest while the sound is silent, changing the frames in place. It comes to rest
 * and leaves it gradually, within the silence; frames in which there is sound stay as they are.
 *
 * @param frames 52 weights each
 * @param levels root mean square of the sound in each frame
 */
export function quietMouth(frames: readonly Float32Array[], levels: Float32Array, fps: number): void {
  const threshold = Math.max(SILENT_LEVEL, SILENT_PART * levels.reduce((a, b) => Math.max(a, b), 0))
  for (let start = 0; start < frames.length;) {
    let end = start
    while (end < frames.length && levels[end]! < threshold) end++
    if (end - start >= SHORTEST_SILENCE * fps) settle(frames, start, end, SETTLING * fps)
    start = Math.max(end, start + 1)
  }
}

/** Frames start ≤ i < end are silent. The ends of the recording count as silence that goes on. */
function settle(frames: readonly Float32Array[], start: number, end: number, settling: number): void {
  for (let i = start; i < end; i++) {
    const sinceSpeech = start === 0 ? Infinity : i - start + 1
    const untilSpeech = end === frames.length ? Infinity : end - i
    const depth = Math.min(1, Math.min(sinceSpeech, untilSpeech) / settling)
    const factor = 1 - (1 - REST) * depth * depth * (3 - 2 * depth)
    for (const channel of MOUTH) frames[i]![channel]! *= factor
  }
}

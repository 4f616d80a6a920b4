import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { InputError } from '../../errors.js'
import { openVideo, type Video, type VideoFrame } from '../../media/video.js'
import { findFaces, openFaceTracker, type FaceTracker } from '../face/find.js'
import type { FaceEngine } from '../face/model.js'
import { FaceLooks } from './face-looks.js'
import type { FaceReport } from './face-report.js'
import { FaceTrack, type FinishedTrack } from './face-track.js'
import { LANDMARKS_FILE } from './files.js'
import { FrameFiles } from './frame-files.js'
import { openSource, type AvatarLimits, type AvatarObserver, type AvatarSource } from './job.js'
import { landmarksToBytes } from './landmark-bytes.js'
import { LANDMARK_VALUES, type AvatarManifest } from './manifest.js'
import { oneAhead } from './one-ahead.js'
import { writePreview } from './portrait-files.js'
import { TrackSmoother } from './smooth-track.js'
import { sourceName } from './source-name.js'
import { stopIfAborted } from './stop-if-aborted.js'

/** Frames a second at most: more are left out, as no avatar is played faster. */
const MAX_FPS = 30
/** Every so often, in seconds, it is looked at how large the face is and how far it is turned. */
const LOOK_EVERY = 0.5
/** Work between two breaths of the thread, in frames: about 3 ms. */
const FRAMES_A_BREATH = 12

/** A video, prepared and written. */
export interface PreparedVideo {
  readonly frames: { readonly count: number; readonly fps: number; readonly bytes: number }
  /** Size of the frames. */
  readonly width: number
  readonly height: number
  readonly source: AvatarManifest['source']
  readonly face: FaceReport
}

/**
 * Goes through a video: decodes it, follows the face, writes the frames into `folder`, then the landmarks, smoothed in
 * time, and a preview. Decoding, following and coding run side by side, with `batchSize` + 2 frames in memory.
 *
 * @throws InputError when the video is over a limit or shows no face that can be used; MediaError when it is damaged;
 * the signal's error when it aborts. Nothing of it runs any more then.
 */
export async function prepareVideo(
  faces: () => Promise<FaceEngine>,
  source: AvatarSource,
  folder: string,
  limits: AvatarLimits,
  batchSize: number,
  observer: AvatarObserver,
): Promise<PreparedVideo> {
  const { data, name } = openSource(source)
  const { signal } = observer
  const video = await openVideo(data, {
    maxBytes: limits.maxVideoBytes,
    maxSeconds: limits.maxVideoSeconds,
    name,
    signal,
    ...(observer.onWarning && { onWarning: observer.onWarning }),
  })
  try {
    const { info } = video
    const fps = Math.min(info.fps, MAX_FPS)
    const engine = await faces()
    const seen = await goThrough(video, engine, new FrameFiles(folder, batchSize), fps, name, observer)
    const track = seen.track
    explainWhatIsLeftOut(track, fps, name, observer)
    await writeFile(join(folder, LANDMARKS_FILE), landmarksToBytes(await smoothed(track.frames, fps, signal)))
    await writePreview(folder, seen.first)
    return {
      frames: { count: track.frames.length, fps, bytes: seen.bytes },
      width: info.width,
      height: info.height,
      source: {
        name: sourceName(name),
        format: info.codec,
        width: info.width,
        height: info.height,
        seconds: info.seconds ?? seen.decoded / fps,
      },
      face: seen.face,
    }
  } finally {
    await video.close()
  }
}

/** What was seen in a video. */
interface Seen {
  readonly track: FinishedTrack
  readonly face: FaceReport
  /** The first frame with a face. */
  readonly first: VideoFrame
  /** Frames in all. */
  readonly decoded: number
  /** Size of the frames' files. */
  readonly bytes: number
}

async function goThrough(
  video: Video,
  engine: FaceEngine,
  files: FrameFiles,
  fps: number,
  name: string,
  { signal, onProgress, onWarning }: AvatarObserver,
): Promise<Seen> {
  const { info } = video
  const expected = Math.ceil((info.seconds ?? 0) * fps)
  const track = new FaceTrack({ fps, name })
  const looks = new FaceLooks(name)
  let first: VideoFrame | undefined
  let decoded = 0
  let tracker: FaceTracker | undefined
  try {
    tracker = await openFaceTracker(engine, { signal })
    await files.open()
    for await (const frame of oneAhead(video.frames({ fps }))) {
      decoded += 1
      const face = await tracker.track(frame)
      if (face !== undefined && first === undefined) {
        first = frame
        const all = await findFaces(engine, frame, { signal })
        looks.add(frame, face, Math.max(0, all.length - 1))
      } else if (face !== undefined && frame.index % Math.ceil(LOOK_EVERY * fps) === 0) {
        looks.add(frame, face)
      }
      if (track.add(face?.landmarks)) await files.add(frame)
      onProgress?.({ phase: 'frames', done: decoded, total: Math.max(expected, decoded), fps })
    }
    stopIfAborted(signal)
    const finished = track.finish()
    if (first === undefined) {
      throw new InputError(
        `No face was found in ${name} (${decoded} frames of ${info.width} × ${info.height} pixels). Use a video in ` +
          'which one face can be seen all the time, from the front.',
      )
    }
    if (finished.frames.length < 2) {
      throw new InputError(
        `A face was found in only one frame of ${name}; at least 2 are needed. Use a longer video, or a photo.`,
      )
    }
    const face = looks.finish(onWarning)
    return { track: finished, face, first, decoded, bytes: await files.finish(finished.frames.length) }
  } finally {
    await files.settle()
    await tracker?.close()
  }
}

function explainWhatIsLeftOut(
  { leftOutAtStart, leftOutAtEnd }: FinishedTrack,
  fps: number,
  name: string,
  { onWarning }: AvatarObserver,
): void {
  for (const [which, frames] of [
    ['first', leftOutAtStart],
    ['last', leftOutAtEnd],
  ] as const) {
    if (frames === 0) continue
    onWarning?.(`The ${which} ${(frames / fps).toFixed(1)} s of ${name} are left out: no face is seen there.`)
  }
}

/** All landmarks, one frame after the other, smoothed in time. */
async function smoothed(
  frames: readonly Float32Array[],
  fps: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const smoother = new TrackSmoother(frames[0]!, fps)
  const all = new Float32Array(frames.length * LANDMARK_VALUES)
  for (const [i, landmarks] of frames.entries()) {
    smoother.add(landmarks)
    if (i % FRAMES_A_BREATH === 0) await breathe()
  }
  for (let i = 0; i < frames.length; i++) {
    smoother.smooth(i, all.subarray(i * LANDMARK_VALUES, (i + 1) * LANDMARK_VALUES))
    if (i % FRAMES_A_BREATH === 0) await breathe()
    stopIfAborted(signal)
  }
  return all
}

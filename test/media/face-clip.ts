/** Footage of a face whose landmarks are known exactly: the built-in avatar, drawn as if it had been filmed. */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeJpeg } from '../../src/media/jpeg.js'
import type { RgbPicture } from '../../src/media/rgb-picture.js'
import {
  FRAMES_FOLDER,
  frameFile,
  LANDMARKS_FILE,
  MANIFEST_FILE,
  PREVIEW_FILE,
} from '../../src/stages/avatar/files.js'
import { landmarksToBytes } from '../../src/stages/avatar/landmark-bytes.js'
import { AVATAR_FORMAT, formatAvatarManifest, type VideoManifest } from '../../src/stages/avatar/manifest.js'
import { loadAvatarRig } from '../../src/stages/video/portrait/avatar.js'
import { weightsOf } from '../../src/stages/video/portrait/contact-sheet.js'
import { Pose, setRotation } from '../../src/stages/video/portrait/pose.js'
import { PortraitRenderer } from '../../src/stages/video/portrait/renderer.js'
import type { Rig } from '../../src/stages/video/portrait/rig.js'
import { FACE_VERTEX_COUNT } from '../../src/stages/video/portrait/topology.js'

const FACE_VALUES = FACE_VERTEX_COUNT * 3
const BACKGROUND = 0xc8

/** What is filmed in one frame. */
export interface FilmedMoment {
  /** Named channel weights; a name without its side stands for both sides. */
  readonly weights?: Readonly<Record<string, number>>
  /** Pitch, yaw, roll in radians. */
  readonly rotation?: readonly [number, number, number]
  /** Where the person is in a breath, in seconds. Default: the frame's own time. */
  readonly seconds?: number
  /** How far the person sits from the middle of the picture, in whole pixels. */
  readonly shift?: readonly [number, number]
}

export interface FaceClip {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: readonly RgbPicture[]
  /** 468 × (x, y, z) in pixels for each frame. */
  readonly landmarks: Float32Array
}

export interface FaceClipOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Side of the square in which the person is drawn, in pixels. Default: the height. */
  readonly size?: number
  readonly moments: readonly FilmedMoment[]
}

/** Draws a clip; what lies around the person's square is plain. */
export async function drawFaceClip(options: FaceClipOptions): Promise<FaceClip> {
  const { width, height, fps, moments } = options
  const size = options.size ?? height
  const rig = await loadAvatarRig(size)
  const renderer = new PortraitRenderer(rig)
  const square = new Uint8Array(size * size * 3)
  const landmarks = new Float32Array(moments.length * FACE_VALUES)
  const frames = moments.map((moment, index) => {
    const { weights = {}, rotation = [0, 0, 0], seconds = index / fps, shift = [0, 0] } = moment
    const channels = weightsOf(weights)
    renderer.render(channels, rotation, seconds, square)
    const left = Math.round((width - size) / 2) + shift[0]
    const top = height - size + shift[1]
    const face = landmarks.subarray(index * FACE_VALUES, (index + 1) * FACE_VALUES)
    measure(rig, channels, rotation, seconds, face)
    for (let i = 0; i < FACE_VALUES; i += 3) {
      face[i]! += left
      face[i + 1]! += top
    }
    return { rgb: paste(square, size, width, height, left, top), width, height }
  })
  return { width, height, fps, frames, landmarks }
}

/** A person who talks and moves a little: the jaw opens and closes about four times a second. */
export function talkingMoments(count: number, fps: number): FilmedMoment[] {
  return Array.from({ length: count }, (_, index) => {
    const t = index / fps
    const jawOpen = 0.28 - 0.28 * Math.cos(2 * Math.PI * 3.7 * t)
    const wide = 0.25 - 0.25 * Math.cos(2 * Math.PI * 1.3 * t)
    return {
      weights: {
        jawOpen,
        mouthSmile: 0.5 * wide,
        mouthUpperUp: 0.2 * jawOpen,
        eyeBlink: index % 40 === 20 ? 1 : 0,
      },
      rotation: [0.04 * Math.sin(2.1 * t), 0.09 * Math.sin(1.3 * t), 0.05 * Math.sin(1.7 * t)],
      shift: [Math.round(8 * Math.sin(0.9 * t)), 0],
    }
  })
}

/**
 * Writes a clip as a video avatar, as the avatar store lays it out.
 *
 * @param quality JPEG quality of the frames.
 */
export async function storeFaceClip(
  folder: string,
  clip: FaceClip,
  { quality = 95, bboxShift = 0 }: { readonly quality?: number; readonly bboxShift?: number } = {},
): Promise<void> {
  const revision = randomUUID()
  const content = join(folder, revision)
  await mkdir(join(content, FRAMES_FOLDER), { recursive: true })
  let bytes = 0
  for (const [index, { rgb, width, height }] of clip.frames.entries()) {
    const jpeg = await encodeJpeg(rgb, width, height, quality)
    bytes += jpeg.length
    await writeFile(join(content, frameFile(index)), jpeg)
    if (index === 0) await writeFile(join(content, PREVIEW_FILE), jpeg)
  }
  // Drawn, pixels have whole coordinates; stored, the middle of the first pixel is at 0.5.
  const landmarks = clip.landmarks.map((value, i) => (i % 3 === 2 ? value : value + 0.5))
  await writeFile(join(content, LANDMARKS_FILE), landmarksToBytes(landmarks))
  const { width, height, fps } = clip
  const manifest: VideoManifest = {
    format: AVATAR_FORMAT,
    kind: 'video',
    id: 'clip',
    revision,
    createdAt: '2024-01-01T00:00:00.000Z',
    source: { name: 'clip.mp4', format: 'h264', width, height, seconds: clip.frames.length / fps },
    face: { width: height / 3, height: height / 2, yaw: 0, others: 0 },
    width,
    height,
    bboxShift,
    frames: { count: clip.frames.length, fps, bytes },
  }
  await writeFile(join(folder, MANIFEST_FILE), formatAvatarManifest(manifest))
}

/** Where the drawn face's vertices are: what a face tracker without error would see. */
function measure(
  rig: Rig,
  weights: Float32Array,
  rotation: readonly [number, number, number],
  seconds: number,
  out: Float32Array,
): void {
  const pose = new Pose(rig)
  pose.update(weights, rotation, seconds)
  const turn = new Float64Array(9)
  setRotation(turn, ...rotation)
  const face = rig.rest.slice(0, FACE_VALUES)
  rig.channels.forEach(({ vertices, moves }, channel) => {
    vertices.forEach((vertex, k) => {
      for (let axis = 0; axis < 3; axis++) {
        face[vertex * 3 + axis]! += moves[k * 3 + axis]! * weights[channel]!
      }
    })
  })
  for (let vertex = 0; vertex < FACE_VERTEX_COUNT; vertex++) {
    const x = face[vertex * 3]! - rig.pivot.x
    const y = face[vertex * 3 + 1]! - rig.pivot.y
    out[vertex * 3] = pose.positions[vertex * 2]!
    out[vertex * 3 + 1] = pose.positions[vertex * 2 + 1]!
    out[vertex * 3 + 2] = turn[6]! * x + turn[7]! * y + turn[8]! * face[vertex * 3 + 2]!
  }
}

/** Lays a square picture on a plain one, cut at its edges. */
function paste(
  square: Uint8Array,
  size: number,
  width: number,
  height: number,
  left: number,
  top: number,
): Uint8Array {
  const out = new Uint8Array(width * height * 3).fill(BACKGROUND)
  const from = Math.max(0, left)
  const to = Math.min(width, left + size)
  for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
    const row = square.subarray(((y - top) * size + from - left) * 3, ((y - top) * size + to - left) * 3)
    out.set(row, (y * width + from) * 3)
  }
  return out
}

import sharp, { type OverlayOptions } from 'sharp'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, type BlendshapeName } from '../../../pipeline/blendshapes.js'
import { readAvatar } from '../../avatar/read.js'
import { PORTRAIT_FOLDER } from './avatar.js'
import { loadPainter } from './load-painter.js'
import type { FramePainter } from './painter.js'
import { portraitCrop } from './photo/crop.js'
import { framedSubject, type AvatarPlace } from './subject.js'

/** One cell of a contact sheet. A name without its side stands for both sides: `mouthSmile`. */
export interface ContactState {
  readonly label: string
  readonly weights: Readonly<Record<string, number>>
  /** Pitch, yaw, roll in radians. */
  readonly rotation?: readonly [number, number, number]
}

/** Frames of a sheet are drawn at the usual size and then reduced. */
const SHEET_FRAME_SIZE = 512

const TURN = (12 * Math.PI) / 180

/** Rest, speech, expressions, gaze and head turns: what a face must do well. */
export const CONTACT_STATES: readonly ContactState[] = [
  { label: 'rest', weights: {} },
  { label: 'M B P', weights: { mouthPress: 0.5, mouthRollLower: 0.3, mouthRollUpper: 0.25 } },
  { label: 'F V', weights: { jawOpen: 0.06, mouthRollLower: 0.6, mouthUpperUp: 0.35 } },
  { label: 'AA', weights: { jawOpen: 0.65, mouthLowerDown: 0.2, mouthUpperUp: 0.1 } },
  {
    label: 'AE',
    weights: { jawOpen: 0.5, mouthStretch: 0.3, mouthSmile: 0.15, mouthLowerDown: 0.25, mouthUpperUp: 0.15 },
  },
  { label: 'EH', weights: { jawOpen: 0.35, mouthStretch: 0.2, mouthLowerDown: 0.2, mouthUpperUp: 0.12 } },
  {
    label: 'IY',
    weights: { jawOpen: 0.12, mouthStretch: 0.4, mouthSmile: 0.4, mouthLowerDown: 0.3, mouthUpperUp: 0.2 },
  },
  { label: 'OH', weights: { jawOpen: 0.38, mouthFunnel: 0.5, mouthPucker: 0.35 } },
  { label: 'UW', weights: { jawOpen: 0.12, mouthFunnel: 0.3, mouthPucker: 0.75 } },
  { label: 'S Z', weights: { jawOpen: 0.05, mouthStretch: 0.3, mouthLowerDown: 0.35, mouthUpperUp: 0.25 } },
  {
    label: 'SH',
    weights: { jawOpen: 0.08, mouthFunnel: 0.6, mouthPucker: 0.2, mouthLowerDown: 0.25, mouthUpperUp: 0.2 },
  },
  { label: 'L TH', weights: { jawOpen: 0.2, mouthLowerDown: 0.25, mouthUpperUp: 0.1, tongueOut: 0.3 } },
  { label: 'smile', weights: { mouthSmile: 0.7, cheekSquint: 0.4, eyeSquint: 0.2 } },
  {
    label: 'laugh',
    weights: { mouthSmile: 0.9, cheekSquint: 0.6, eyeSquint: 0.45, jawOpen: 0.3, mouthUpperUp: 0.3 },
  },
  { label: 'blink', weights: { eyeBlink: 1 } },
  { label: 'half blink', weights: { eyeBlink: 0.5 } },
  {
    label: 'surprised',
    weights: { jawOpen: 0.35, browInnerUp: 0.8, browOuterUp: 0.8, eyeWide: 0.8, mouthFunnel: 0.15 },
  },
  {
    label: 'angry',
    weights: {
      browDown: 0.9,
      eyeSquint: 0.4,
      noseSneer: 0.4,
      mouthPress: 0.4,
      mouthFrown: 0.35,
      jawForward: 0.3,
    },
  },
  {
    label: 'sad',
    weights: { browInnerUp: 0.8, mouthFrown: 0.6, mouthShrugLower: 0.3, eyeLookDown: 0.3, eyeBlink: 0.12 },
  },
  {
    label: 'disgusted',
    weights: { noseSneer: 0.8, browDown: 0.5, mouthUpperUp: 0.35, eyeSquint: 0.5, mouthFrown: 0.2 },
  },
  { label: 'look right', weights: { eyeLookOutRight: 0.8, eyeLookInLeft: 0.8 } },
  { label: 'look left', weights: { eyeLookInRight: 0.8, eyeLookOutLeft: 0.8 } },
  { label: 'look up', weights: { eyeLookUp: 0.8 } },
  { label: 'look down', weights: { eyeLookDown: 0.8 } },
  { label: 'yaw +12°', weights: {}, rotation: [0, TURN, 0] },
  { label: 'yaw −12°', weights: { jawOpen: 0.25 }, rotation: [0, -TURN, 0] },
  { label: 'pitch +8°', weights: {}, rotation: [TURN * 0.67, 0, 0] },
  { label: 'pitch −8°, roll', weights: { mouthSmile: 0.4 }, rotation: [-TURN * 0.67, 0.05, 0.09] },
  { label: 'cheekPuff', weights: { cheekPuff: 1 } },
  { label: 'noseSneer', weights: { noseSneer: 1 } },
  { label: 'tongueOut', weights: { tongueOut: 1, jawOpen: 0.25 } },
  { label: 'wink', weights: { eyeBlinkLeft: 1, mouthSmileLeft: 0.7, cheekSquintLeft: 0.6 } },
]

/**
 * Weights in channel order from names.
 *
 * @throws RangeError for a name that is no channel.
 */
export function weightsOf(named: Readonly<Record<string, number>>): Float32Array {
  const weights = new Float32Array(BLENDSHAPE_COUNT)
  for (const [name, value] of Object.entries(named)) {
    const channels = name in BLENDSHAPE_INDEX ? [name] : [`${name}Left`, `${name}Right`]
    for (const channel of channels) {
      const index = BLENDSHAPE_INDEX[channel as BlendshapeName] as number | undefined
      if (index === undefined) throw new RangeError(`"${name}" is no blendshape channel`)
      weights[index] = value
    }
  }
  return weights
}

export interface ContactSheetOptions {
  /** Cells in a row. Default: 6. */
  readonly columns?: number
  /** Side of a cell in pixels. Default: 320. */
  readonly cell?: number
  readonly states?: readonly ContactState[]
  /** Part of each frame to show, as shares of its side. Default: all of it. */
  readonly crop?: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
  /** Seconds from one state to the next, for avatars that move by themselves. Default: 0. */
  readonly secondsBetween?: number
}

/**
 * An avatar in all of {@link CONTACT_STATES}, as a PNG.
 *
 * @param avatar Whose; the built-in one when left out.
 * @throws ModelLoadError when a file of it is missing or damaged.
 */
export async function avatarSheet(avatar?: AvatarPlace): Promise<Uint8Array> {
  const { subject, width, height } = framedSubject(avatar, SHEET_FRAME_SIZE)
  const painter = await loadPainter(subject, PORTRAIT_FOLDER)
  if (subject.kind !== 'video') return contactSheet(painter)
  // Of a film, the head at its first place, while the film runs on from state to state.
  const { landmarks } = await readAvatar(subject.folder)
  const { left, top, side } = portraitCrop(landmarks, width, height)
  const crop = { left: left / width, top: top / height, width: side / width, height: side / height }
  return contactSheet(painter, { crop, secondsBetween: FILM_STEP })
}

/** Seconds of a film from one state of its sheet to the next. */
const FILM_STEP = 0.16

/** Draws labelled states of an avatar side by side; returns a PNG. */
export async function contactSheet(
  painter: FramePainter,
  options: ContactSheetOptions = {},
): Promise<Uint8Array> {
  const { columns = 6, cell = 320, states = CONTACT_STATES, secondsBetween = 0 } = options
  const crop = options.crop ?? { left: 0, top: 0, width: 1, height: 1 }
  const { width: frameWidth, height: frameHeight } = painter
  const rgb = new Uint8Array(frameWidth * frameHeight * 3)
  const height = Math.round((cell * crop.height * frameHeight) / (crop.width * frameWidth))
  const cells: OverlayOptions[] = []
  for (const [index, state] of states.entries()) {
    const { weights, rotation = [0, 0, 0] } = state
    await painter.paint({ weights: weightsOf(weights), rotation, seconds: index * secondsBetween }, rgb)
    const input = await sharp(rgb, { raw: { width: frameWidth, height: frameHeight, channels: 3 } })
      .extract({
        left: Math.round(crop.left * frameWidth),
        top: Math.round(crop.top * frameHeight),
        width: Math.round(crop.width * frameWidth),
        height: Math.round(crop.height * frameHeight),
      })
      .resize(cell, height, { kernel: 'cubic' })
      .composite([{ input: label(state.label, cell), left: 0, top: 0 }])
      .png()
      .toBuffer()
    cells.push({ input, left: (index % columns) * cell, top: Math.floor(index / columns) * height })
  }
  return sharp({
    create: {
      width: columns * cell,
      height: Math.ceil(states.length / columns) * height,
      channels: 3,
      background: '#ffffff',
    },
  })
    .composite(cells)
    .png()
    .toBuffer()
}

function label(text: string, width: number): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="30"><text x="10" y="21" font-family="sans-serif" font-size="16" font-weight="600" fill="#1c3046" stroke="#ffffff" stroke-width="3" paint-order="stroke">${text}</text></svg>`,
  )
}

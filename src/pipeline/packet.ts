import type { Microseconds } from './time.js'

/**
 * Packets are the immutable pieces of media that flow through the line. A buffer inside a packet must not be
 * changed or transferred by whoever receives it: another branch may hold the same packet. Copy first.
 */

/** Names a turn; unique within a conversation. */
export type TurnId = string

interface PacketBase {
  /** The turn that this packet belongs to; sinks drop packets of any other turn. */
  readonly turn: TurnId
  /** Start of the media this packet holds, from the turn's zero. */
  readonly timestamp: Microseconds
  /** Length of the media this packet holds. */
  readonly duration: Microseconds
}

/** A piece of text to be spoken: on the way in, anything a user typed; after segmenting, one clause. */
export interface TextPacket extends PacketBase {
  readonly kind: 'text'
  readonly text: string
  /** BCP-47-like language where it is known: `en`, `zh`. */
  readonly language?: string
  /** Prosody asked for this text; an engine uses what it can. */
  readonly voice?: VoiceStyle
}

/** How something is said. All fields are optional; an engine uses what it can and ignores the rest. */
export interface VoiceStyle {
  /** Speaking rate as a factor of the engine's normal rate, 0.5–2. Default 1. */
  readonly rate?: number
  /** Pitch shift in semitones, −12…12. Default 0. */
  readonly pitch?: number
  /**
   * Eight emotion strengths 0–1 in the order of IndexTTS-2: happy, angry, sad, afraid, disgusted, melancholic,
   * surprised, calm.
   */
  readonly emotion?: readonly number[]
}

/** One phoneme as an engine spoke it, with times from the turn's zero. */
export interface Phoneme {
  /** IPA, or empty for a pause. */
  readonly symbol: string
  readonly timestamp: Microseconds
  readonly duration: Microseconds
}

/** Mono speech. */
export interface AudioPacket extends PacketBase {
  readonly kind: 'audio'
  /** Mono samples in [-1, 1]. */
  readonly samples: Float32Array
  /** Hz. */
  readonly sampleRate: number
  /**
   * Phonemes that start inside this packet's span, when the engine knows them. Present on every audio packet of a
   * turn or on none: a consumer decides once.
   */
  readonly phonemes?: readonly Phoneme[]
  /** Emotion of the text this audio speaks, for the face: see {@link VoiceStyle.emotion}. */
  readonly emotion?: readonly number[]
}

/** One frame of face motion. */
export interface MotionPacket extends PacketBase {
  readonly kind: 'motion'
  /** Frame counter from 0. */
  readonly index: number
  /** 52 weights in [0, 1], in the order of `BLENDSHAPE_NAMES`. */
  readonly weights: Float32Array
  /** Head rotation in radians as [pitch, yaw, roll]; positive pitch looks down, positive yaw to the face's left. */
  readonly rotation: readonly [number, number, number]
}

/** One encoded picture. */
export interface FramePacket extends PacketBase {
  readonly kind: 'frame'
  /** Frame counter from 0. */
  readonly index: number
  /** JPEG bytes. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** An ordered control mark. */
export interface MarkPacket extends PacketBase {
  readonly kind: 'mark'
  /** `segment-start` and `segment-end` bracket what belongs to one clause; `text` says which. */
  readonly mark: 'segment-start' | 'segment-end'
  readonly text?: string
}

/**
 * Media that nobody wanted and that was not made. It keeps the place of it in the order, so that whoever waits for
 * packets of that kind goes on: no sink is handed it.
 */
export interface GapPacket extends PacketBase {
  readonly kind: 'gap'
  /** The kind of packet that is missing. */
  readonly of: MediaKind
}

export type MediaPacket = AudioPacket | MotionPacket | FramePacket
export type MediaKind = MediaPacket['kind']
export type Packet = TextPacket | MediaPacket | MarkPacket | GapPacket
export type PacketKind = Packet['kind']
export type PacketOf<K extends PacketKind> = Extract<Packet, { kind: K }>

/** Type guard for one kind of packet: `packets.pipe(filter(isKind('audio')))`. */
export function isKind<K extends PacketKind>(kind: K): (packet: Packet) => packet is PacketOf<K> {
  return (packet): packet is PacketOf<K> => packet.kind === kind
}

/** End of a packet's media on the turn's time line. */
export function endOf(packet: Pick<Packet, 'timestamp' | 'duration'>): Microseconds {
  return packet.timestamp + packet.duration
}

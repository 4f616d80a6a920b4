/**
 * The wire of `WS /v1/converse`, version 1: every message up and down, and the packets of media. Pure, and free of
 * everything that a browser lacks. It is one file, for all its length, so that whoever writes a client in another
 * language has one to read. docs/protocol.md says the same for people.
 */

/** Said by `session-start`, and first byte of every packet. */
export const PROTOCOL_VERSION = 1

/** Something that is not of this protocol. The message says what is wrong and what would be right. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

// ── Words that both sides use ────────────────────────────────────────────────────────────────────────────────────

/** What a session may be sent: sound, the 52 weights, pictures. */
export const STREAMS = ['audio', 'motion', 'frames'] as const
export type StreamName = (typeof STREAMS)[number]

/** An emotion by name (`happy`), or eight strengths 0–1: happy, angry, sad, afraid, disgusted, melancholic, surprised, calm. */
export type EmotionSetting = string | readonly number[]

/** How a session speaks and looks. */
export interface Settings {
  /** Id of a stored avatar; null is the built-in face. */
  readonly avatar: string | null
  readonly voice: {
    /** Factor of the voice's usual rate, 0.5–2. */
    readonly rate: number
    /** Semitones, −12…12. */
    readonly pitch: number
  }
  /** null is none. */
  readonly emotion: EmotionSetting | null
  /** JPEG quality, 10–95. */
  readonly quality: number
  /** Frames a second, 8–60. */
  readonly fps: number
  /** Width and height in pixels of the frames of the built-in face and of portraits, 128–1024; videos keep their own. */
  readonly size: number
  /** What is sent. */
  readonly streams: readonly StreamName[]
  /** Whether the face lives on between turns: motion and frames of turn 0, at the pace of the clock. */
  readonly idle: boolean
}

/** Settings to be changed; what is left out stays. */
export type SettingChange = { readonly [Key in Exclude<keyof Settings, 'voice'>]?: Settings[Key] } & {
  readonly voice?: Partial<Settings['voice']>
}

/** From when a changed setting acts. */
export type TakesEffect = 'next-packet' | 'next-clause' | 'next-turn'

// ── Messages up ──────────────────────────────────────────────────────────────────────────────────────────────────

export type ClientMessage =
  /** Speak these words. Ends the turn that speaks. */
  | { readonly type: 'say'; readonly text: string }
  /** Answer this. Ends the turn that speaks. */
  | { readonly type: 'ask'; readonly text: string }
  /** Be silent at once. */
  | { readonly type: 'interrupt' }
  /** How far a turn has really been played, in µs of its media. From the first one on, it paces the session. */
  | { readonly type: 'playhead'; readonly turn: number; readonly timestamp: number }
  | ({ readonly type: 'set' } & SettingChange)
  /** Keep what is said and seen from now on as a film; `stop` finishes it. */
  | { readonly type: 'record'; readonly action: 'start' | 'stop' }

/** A client's message as text to send. */
export function encodeMessage(message: ClientMessage): string {
  return JSON.stringify(message)
}

// ── Events down ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What went wrong, as everywhere in phiz: `invalid-input`, `overload`, `unavailable`, … */
export interface Problem {
  readonly code: string
  readonly message: string
}

/** How a turn felt, measured by the server. Milliseconds from its start; null for what it did not have. */
export interface TurnStats {
  readonly first_audio_ms: number | null
  readonly first_motion_ms: number | null
  readonly first_frame_ms: number | null
  readonly total_ms: number
  /** Length of the speech. */
  readonly audio_ms: number
  /** How far the ends of sound and picture lie apart. */
  readonly av_skew_ms: number | null
  /** Time that each stage worked over the media that it made; below 1 is faster than real time. */
  readonly realtime_factor: Readonly<Record<string, number>>
  readonly dropped_frames: number
}

/**
 * Where a turn's words come from: given by `say`; written by the reply to `ask`, or to what the microphone heard; or
 * already sound, sent for the lips to move to (`speech`).
 */
export type TurnSource = 'say' | 'ask' | 'speech'

export interface SessionStart {
  readonly type: 'session-start'
  readonly version: number
  /** Names the session: whoever knows it can watch. */
  readonly session: string
  /** Lets its owner come back after a broken connection; nobody else should know it. */
  readonly token: string
  /** Whether this connection goes on with a session that was there before. */
  readonly resumed: boolean
  /** The turn that is live; null while nothing is said. */
  readonly turn: number | null
  /**
   * Which engine does each stage; `reply`, `hearing` and `transcription` are left out where there is none.
   */
  readonly engines: Readonly<Record<string, string>>
  /** Hz of the sound. */
  readonly audio: { readonly sampleRate: number }
  /** Names of the weights, in their order. */
  readonly motion: { readonly fps: number; readonly names: readonly string[] }
  readonly video: { readonly fps: number; readonly width: number; readonly height: number }
  readonly settings: Settings
  readonly limits: {
    /** Most characters of one text. */
    readonly text: number
    /** Most bytes of one message. */
    readonly messageBytes: number
    /** Media that is made ahead of what has been taken, or played, in µs. */
    readonly ahead: number
    /** How long a session waits for its client to come back, in µs. */
    readonly resume: number
  }
}

export type ServerEvent =
  | SessionStart
  | { readonly type: 'turn-start'; readonly turn: number; readonly source: TurnSource }
  /** More of an answer, as it is written. */
  | { readonly type: 'text-delta'; readonly turn: number; readonly text: string }
  /**
   * A clause and when it is heard, in µs of the turn's media. It comes when its sound begins, and again, with its
   * duration, when that is known: `index` tells which it is.
   */
  | {
      readonly type: 'caption'
      readonly turn: number
      readonly index: number
      readonly text: string
      readonly timestamp: number
      readonly duration?: number
    }
  /** The turn has been sent as a whole, or has failed. */
  | {
      readonly type: 'turn-end'
      readonly turn: number
      readonly error?: Problem
      readonly stats: TurnStats | null
    }
  /** The turn was cut short; nothing of it follows. `heard` are the words that were heard until then. */
  | {
      readonly type: 'turn-cancel'
      readonly turn: number
      readonly heard: string
      readonly stats: TurnStats | null
    }
  /** Somebody speaks into the microphone; `timestamp` is µs of its sound. Whatever was being said is cut short. */
  | { readonly type: 'voice-start'; readonly timestamp: number; readonly bargeIn: boolean }
  /** They have stopped. */
  | { readonly type: 'voice-end'; readonly timestamp: number }
  /** What they said; it is answered as if asked. Without a transcription on the server it never comes. */
  | { readonly type: 'transcript'; readonly text: string }
  /** A film is being kept. */
  | { readonly type: 'recording-start'; readonly recording: string }
  /** The film is complete: an MP4 at `url`, a path on this server. `error` says why where there is none. */
  | {
      readonly type: 'recording-end'
      readonly recording: string
      readonly url?: string
      /** µs. */
      readonly duration?: number
      readonly bytes?: number
      readonly error?: Problem
    }
  /** All settings as they are now, and from when those that changed act. */
  | {
      readonly type: 'setting-change'
      readonly settings: Settings
      readonly effect: Readonly<Partial<Record<keyof Settings, TakesEffect>>>
    }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly field?: string }
  /** The first of a kind has left: milliseconds from the turn's start. */
  | {
      readonly type: 'stats'
      readonly turn: number
      readonly first_audio_ms?: number
      readonly first_motion_ms?: number
      readonly first_frame_ms?: number
    }

export type EventType = ServerEvent['type']
export type EventOf<Type extends EventType> = Extract<ServerEvent, { type: Type }>

/** An event as text to send. */
export function encodeEvent(event: ServerEvent): string {
  return JSON.stringify(event)
}

type FieldType = 'string' | 'number' | 'boolean' | 'object'

/** What must be in an event for its readers to rely on it. */
const EVENT_FIELDS: Readonly<Record<EventType, Readonly<Record<string, FieldType>>>> = {
  'session-start': {
    version: 'number',
    session: 'string',
    token: 'string',
    resumed: 'boolean',
    engines: 'object',
    audio: 'object',
    motion: 'object',
    video: 'object',
    settings: 'object',
    limits: 'object',
  },
  'turn-start': { turn: 'number', source: 'string' },
  'text-delta': { turn: 'number', text: 'string' },
  caption: { turn: 'number', index: 'number', text: 'string', timestamp: 'number' },
  'turn-end': { turn: 'number' },
  'turn-cancel': { turn: 'number', heard: 'string' },
  'voice-start': { timestamp: 'number', bargeIn: 'boolean' },
  'voice-end': { timestamp: 'number' },
  transcript: { text: 'string' },
  'recording-start': { recording: 'string' },
  'recording-end': { recording: 'string' },
  'setting-change': { settings: 'object', effect: 'object' },
  error: { code: 'string', message: 'string' },
  stats: { turn: 'number' },
}

/**
 * Reads an event.
 * @returns undefined for an event of a type that this version does not know, which a client passes over
 * @throws ProtocolError when the text is no event, or lacks a field
 */
export function decodeEvent(text: string): ServerEvent | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError(`An event is ${quoted(text)}; it must be a JSON object.`)
  }
  const fields = value as Readonly<Record<string, unknown>>
  const type = fields['type']
  if (typeof type !== 'string') {
    throw new ProtocolError(`type is ${quoted(JSON.stringify(type))}; an event needs the name of its type.`)
  }
  if (!Object.hasOwn(EVENT_FIELDS, type)) return undefined
  for (const [name, wanted] of Object.entries(EVENT_FIELDS[type as EventType])) {
    const found = fields[name] === null ? 'null' : typeof fields[name]
    if (found !== wanted) throw new ProtocolError(`${type}.${name} is ${found}; it must be ${wanted}.`)
  }
  return value as ServerEvent
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ProtocolError(`An event is ${quoted(text)}; it must be JSON.`)
  }
}

const QUOTED_CHARACTERS = 80

function quoted(text: string | undefined): string {
  return `"${(text ?? 'undefined').slice(0, QUOTED_CHARACTERS)}"`
}

// ── Packets of media ─────────────────────────────────────────────────────────────────────────────────────────────

/** The number, in packets, of the time between turns. */
export const BETWEEN_TURNS = 0

interface WireBase {
  /**
   * Number of the turn, counted from 1 in each session, or {@link BETWEEN_TURNS}. Up: number of the utterance, chosen
   * by the client.
   */
  readonly turn: number
  /** µs from the turn's zero. */
  readonly timestamp: number
  /** µs. */
  readonly duration: number
}

/** Mono sound: down the voice, up the microphone (`audio`) or speech for the face to move its lips to (`speech`). */
export interface WireAudio extends WireBase {
  readonly kind: 'audio' | 'speech'
  /** Hz. */
  readonly sampleRate: number
  /** In [-1, 1]; 16 bits of them travel. */
  readonly samples: Float32Array
}

export interface WireFrame extends WireBase {
  readonly kind: 'frame'
  /** Counted from 0 in each turn. */
  readonly index: number
  readonly jpeg: Uint8Array
}

export interface WireMotion extends WireBase {
  readonly kind: 'motion'
  /** Counted from 0 in each turn. */
  readonly index: number
  /** 52, in the order of `session-start`'s names. */
  readonly weights: Float32Array
  /** Pitch, yaw and roll in radians. */
  readonly rotation: readonly [number, number, number]
}

export type WirePacket = WireAudio | WireFrame | WireMotion

/**
 * Bytes before a packet's payload, all numbers little-endian: u8 version, u8 kind, u16 reserved (0), u32 turn,
 * u64 timestamp, u32 duration, u32 detail (sample rate of sound, index of frames and motion).
 */
export const HEADER_BYTES = 24

/** Number of weights in a packet of motion. */
export const WEIGHT_COUNT = 52

const KIND_CODES = { audio: 1, frame: 2, motion: 3, speech: 4 } as const
const KINDS = new Map(Object.entries(KIND_CODES).map(([kind, code]) => [code as number, kind]))

const ROTATION_COUNT = 3
const MOTION_BYTES = (WEIGHT_COUNT + ROTATION_COUNT) * Float32Array.BYTES_PER_ELEMENT
const SAMPLE_BYTES = 2
const FULL_SCALE = 32_768
const UINT32_RANGE = 2 ** 32

/** Length of a packet on the wire. */
export function packetBytes(packet: WirePacket): number {
  switch (packet.kind) {
    case 'audio':
    case 'speech':
      return HEADER_BYTES + packet.samples.length * SAMPLE_BYTES
    case 'frame':
      return HEADER_BYTES + packet.jpeg.length
    case 'motion':
      return HEADER_BYTES + MOTION_BYTES
  }
}

/**
 * Writes a packet.
 * @param target takes the bytes at its start; a new array when left out or too short
 * @returns the bytes: a view of the target
 * @throws ProtocolError when a number does not fit, or a packet of motion has not 52 weights
 */
export function encodePacket<Memory extends ArrayBufferLike = ArrayBuffer>(
  packet: WirePacket,
  target?: Uint8Array<Memory>,
): Uint8Array<Memory | ArrayBuffer> {
  const length = packetBytes(packet)
  const bytes =
    target !== undefined && target.length >= length ? target.subarray(0, length) : new Uint8Array(length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const timestamp = whole('timestamp', packet.timestamp, Number.MAX_SAFE_INTEGER)
  view.setUint8(0, PROTOCOL_VERSION)
  view.setUint8(1, KIND_CODES[packet.kind])
  view.setUint16(2, 0, true)
  view.setUint32(4, whole('turn', packet.turn), true)
  view.setUint32(8, timestamp % UINT32_RANGE, true)
  view.setUint32(12, Math.floor(timestamp / UINT32_RANGE), true)
  view.setUint32(16, whole('duration', packet.duration), true)
  const detail = 'samples' in packet ? whole('sampleRate', packet.sampleRate) : whole('index', packet.index)
  view.setUint32(20, detail, true)
  switch (packet.kind) {
    case 'audio':
    case 'speech':
      writeSamples(view, packet.samples)
      break
    case 'frame':
      bytes.set(packet.jpeg, HEADER_BYTES)
      break
    case 'motion':
      writeMotion(view, packet)
      break
  }
  return bytes
}

/**
 * Reads a packet. A frame's picture is a view of the bytes; everything else is copied.
 * @throws ProtocolError naming what is wrong: version, kind, length or a number out of range
 */
export function decodePacket(bytes: Uint8Array): WirePacket {
  if (bytes.length < HEADER_BYTES) {
    throw new ProtocolError(`A packet has ${bytes.length} bytes; its header alone has ${HEADER_BYTES}.`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const version = view.getUint8(0)
  if (version !== PROTOCOL_VERSION) {
    throw new ProtocolError(`A packet's version is ${version}; this side speaks ${PROTOCOL_VERSION}.`)
  }
  const code = view.getUint8(1)
  const kind = KINDS.get(code) as WirePacket['kind'] | undefined
  if (kind === undefined) {
    throw new ProtocolError(
      `A packet's kind is ${code}; it must be 1 (audio), 2 (frame), 3 (motion) or 4 (speech).`,
    )
  }
  const base = {
    turn: view.getUint32(4, true),
    timestamp: whole(
      'timestamp',
      view.getUint32(12, true) * UINT32_RANGE + view.getUint32(8, true),
      Number.MAX_SAFE_INTEGER,
    ),
    duration: view.getUint32(16, true),
  }
  const detail = view.getUint32(20, true)
  switch (kind) {
    case 'audio':
    case 'speech':
      return { kind, ...base, sampleRate: detail, samples: readSamples(view) }
    case 'frame':
      return { kind, ...base, index: detail, jpeg: bytes.subarray(HEADER_BYTES) }
    case 'motion':
      return { kind, ...base, index: detail, ...readMotion(view) }
  }
}

function writeSamples(view: DataView, samples: Float32Array): void {
  for (let i = 0; i < samples.length; i += 1) {
    const value = Math.round(samples[i]! * FULL_SCALE)
    // setInt16 makes silence of NaN.
    view.setInt16(
      HEADER_BYTES + i * SAMPLE_BYTES,
      Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, value)),
      true,
    )
  }
}

function readSamples(view: DataView): Float32Array {
  const length = view.byteLength - HEADER_BYTES
  if (length % SAMPLE_BYTES !== 0) {
    throw new ProtocolError(`A packet of sound has ${length} bytes of samples; they are 2 bytes each.`)
  }
  const samples = new Float32Array(length / SAMPLE_BYTES)
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = view.getInt16(HEADER_BYTES + i * SAMPLE_BYTES, true) / FULL_SCALE
  }
  return samples
}

function writeMotion(view: DataView, { weights, rotation }: WireMotion): void {
  if (weights.length !== WEIGHT_COUNT) {
    throw new ProtocolError(`A packet of motion has ${weights.length} weights; it must have ${WEIGHT_COUNT}.`)
  }
  const write = (index: number, value: number): void => {
    view.setFloat32(HEADER_BYTES + index * Float32Array.BYTES_PER_ELEMENT, value, true)
  }
  for (let i = 0; i < WEIGHT_COUNT; i += 1) write(i, weights[i]!)
  for (let i = 0; i < ROTATION_COUNT; i += 1) write(WEIGHT_COUNT + i, rotation[i]!)
}

function readMotion(view: DataView): Pick<WireMotion, 'weights' | 'rotation'> {
  const length = view.byteLength - HEADER_BYTES
  if (length !== MOTION_BYTES) {
    throw new ProtocolError(
      `A packet of motion has ${length} bytes after its header; 52 weights and 3 angles are ${MOTION_BYTES}.`,
    )
  }
  const read = (index: number): number =>
    view.getFloat32(HEADER_BYTES + index * Float32Array.BYTES_PER_ELEMENT, true)
  const weights = new Float32Array(WEIGHT_COUNT)
  for (let i = 0; i < WEIGHT_COUNT; i += 1) weights[i] = read(i)
  return { weights, rotation: [read(WEIGHT_COUNT), read(WEIGHT_COUNT + 1), read(WEIGHT_COUNT + 2)] }
}

function whole(field: string, value: number, most = UINT32_RANGE - 1): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new ProtocolError(`A packet's ${field} is ${value}; it must be a whole number from 0 to ${most}.`)
}

/** The public face of phiz as a library. */
export { createApp, type App } from './app.js'
export { resolveConfig, type ConfigSources } from './config/load.js'
export type { Config } from './config/schema.js'
export * as errors from './errors.js'
export {
  BLENDSHAPE_COUNT,
  BLENDSHAPE_INDEX,
  BLENDSHAPE_NAMES,
  type BlendshapeName,
} from './pipeline/blendshapes.js'
export { chain, checkWindow, fork } from './pipeline/compose.js'
export { Conversation, type ConversationOptions, type TurnEvent } from './pipeline/conversation.js'
export {
  faceLine,
  recordingLine,
  speakingLine,
  type FaceOutput,
  type FaceStages,
  type FaceVideo,
  type SpeakingStages,
} from './pipeline/line.js'
export { meterTurns, type TurnReport } from './pipeline/meter.js'
export {
  endOf,
  isKind,
  type AudioPacket,
  type FramePacket,
  type GapPacket,
  type MarkPacket,
  type MotionPacket,
  type Packet,
  type PacketKind,
  type PacketOf,
  type Phoneme,
  type TextPacket,
  type VoiceStyle,
} from './pipeline/packet.js'
export { pull } from './pipeline/pull.js'
export { runTurn } from './pipeline/run.js'
export { deliver, type Sink } from './pipeline/sink.js'
export { defineStage, type Stage, type StageContext, type StageDefinition } from './pipeline/stage.js'
export { combineTelemetry, type Telemetry, type TelemetryEvent } from './pipeline/telemetry.js'
export { Turn, type TurnOptions } from './pipeline/turn.js'
export { FlowWindow, type FlowBranch } from './pipeline/window.js'
export { say, type SayRequest, type SaySource } from './say.js'
export { borrowAvatar, type BorrowedAvatar } from './stages/avatar/borrow.js'
export { createAvatar } from './stages/avatar/create.js'
export type {
  AvatarLimits,
  AvatarObserver,
  AvatarProgress,
  AvatarRequest,
  AvatarServices,
  AvatarSource,
} from './stages/avatar/job.js'
export type { AvatarManifest } from './stages/avatar/manifest.js'
export { AvatarStore, type AvatarEntry } from './stages/avatar/store.js'
export { MOTION_FPS, type Catalogue, type Speech, type Video } from './stages/catalogue.js'
export { recordingSource } from './stages/speech/recording.js'
export type { FrameMoment, FramePainter } from './stages/video/portrait/painter.js'
export { loadAvatarPainter } from './stages/video/portrait/load-painter.js'
export type { AvatarPlace } from './stages/video/portrait/subject.js'
export {
  decodeAudio,
  probeAudio,
  type AudioInfo,
  type AudioSource,
  type DecodeOptions,
} from './media/decode.js'

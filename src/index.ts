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
  type SpeakingStages,
} from './pipeline/line.js'
export { meterTurns, type TurnReport } from './pipeline/meter.js'
export {
  endOf,
  isKind,
  type AudioPacket,
  type FramePacket,
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
export { MOTION_FPS, type Catalogue, type Speech } from './stages/catalogue.js'
export { recordingSource } from './stages/speech/recording.js'
export {
  decodeAudio,
  probeAudio,
  type AudioInfo,
  type AudioSource,
  type DecodeOptions,
} from './media/decode.js'

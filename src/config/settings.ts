/**
 * The names of the settings outside the configuration file. A dotted path leads into the schema; the environment
 * variable of `video.fps` is `PHIZ_VIDEO_FPS`.
 */
export const SETTING_PATHS = [
  'device',
  'apiKey',
  'openaiApiKey',
  'dataDirectory',
  'speech.engine',
  'speech.seed',
  'speech.maxCharacters',
  'expression.engine',
  'expression.seed',
  'video.engine',
  'video.fps',
  'video.size',
  'video.quality',
  'video.workers',
  'film.engine',
  'lam.mode',
  'lam.folder',
  'lam.identity',
  'lam.threads',
  'musetalk.mode',
  'musetalk.folder',
  'musetalk.extraMargin',
  'musetalk.maxBatch',
  'musetalk.threads',
  'reply.url',
  'reply.model',
  'reply.apiKey',
  'reply.systemPrompt',
  'reply.maxCharacters',
  'reply.historyMessages',
  'reply.historyCharacters',
  'reply.firstWordSeconds',
  'reply.nextWordSeconds',
  'converse.maxConversations',
  'converse.resumeSeconds',
  'hearing.endSilenceMs',
  'hearing.transcribeUrl',
  'hearing.transcribeModel',
  'hearing.apiKey',
  'hearing.transcribeSeconds',
  'recordings.maxSeconds',
  'recordings.maxCount',
  'recordings.maxBytes',
  'remote.mediaDirectory',
  'remote.promptAudio',
  'remote.avatar',
  'remote.timeoutSeconds',
  'avatars.maxImageBytes',
  'avatars.maxImagePixels',
  'avatars.maxVideoBytes',
  'avatars.maxVideoSeconds',
  'models.directory',
  'models.autoInstall',
  'gateway.host',
  'gateway.port',
  'taps.musetalk-ws',
  'taps.musetalk-http',
  'taps.indextts-ws',
  'taps.lam',
  'taps.dicetalk',
  'taps.mediaRoots',
  'taps.origins',
  'taps.pace',
  'taps.logDirectory',
  'taps.resultsDirectory',
  'log.level',
] as const

export type SettingPath = (typeof SETTING_PATHS)[number]

/** Settings that are text even where they look like a number: a key, a folder. */
export const TEXT_SETTINGS: ReadonlySet<SettingPath> = new Set<SettingPath>([
  'apiKey',
  'openaiApiKey',
  'dataDirectory',
  'reply.url',
  'reply.model',
  'reply.apiKey',
  'reply.systemPrompt',
  'hearing.transcribeUrl',
  'hearing.transcribeModel',
  'hearing.apiKey',
  'lam.folder',
  'musetalk.folder',
  'remote.mediaDirectory',
  'remote.promptAudio',
  'remote.avatar',
  'models.directory',
  'gateway.host',
  'taps.mediaRoots',
  'taps.origins',
  'taps.logDirectory',
  'taps.resultsDirectory',
])

/** Values by setting, as far as a source gives any. */
export type SettingValues = Partial<Readonly<Record<SettingPath, string | number>>>

/** `video.maxCharacters` → `PHIZ_VIDEO_MAX_CHARACTERS`, `taps.musetalk-ws` → `PHIZ_TAPS_MUSETALK_WS`. */
export function environmentName(path: SettingPath): string {
  const words = path.replace(/([a-z])([A-Z])/g, '$1_$2').replace(/[.-]/g, '_')
  return `PHIZ_${words.toUpperCase()}`
}

/** Variables that other programs read too, for settings that have none of their own set. */
export const COMMON_VARIABLES: Partial<Readonly<Record<SettingPath, string>>> = {
  openaiApiKey: 'OPENAI_API_KEY',
}

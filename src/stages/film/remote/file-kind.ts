/** What a file is to a server that looks at types and names. */
export interface FileKind {
  readonly type: string
  /** Ending of a name, with its dot. */
  readonly ending: string
}

const UNKNOWN: FileKind = { type: 'application/octet-stream', ending: '' }

/** First bytes of the kinds that DICE-Talk takes, as text of one byte a character. */
const BEGINNINGS: readonly (readonly [RegExp, FileKind])[] = [
  [/^\xff\xd8\xff/, { type: 'image/jpeg', ending: '.jpg' }],
  [/^\x89PNG\r\n[^]\n/, { type: 'image/png', ending: '.png' }],
  [/^RIFF[^]{4}WAVE/, { type: 'audio/wav', ending: '.wav' }],
  // With an ID3 tag, or at once with a frame of MPEG audio, layer III.
  [/^(ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/, { type: 'audio/mpeg', ending: '.mp3' }],
]

/** Tells a file's kind by its content: its name may say nothing, or something else. @param head first 12 bytes */
export function fileKind(head: Uint8Array): FileKind {
  const text = Buffer.from(head).toString('latin1')
  return BEGINNINGS.find(([beginning]) => beginning.test(text))?.[1] ?? UNKNOWN
}

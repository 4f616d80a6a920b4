/** Tells what the bytes of an audio chunk are, by their content: its name and its type may say anything. */
export type ChunkForm = 'container' | 'headerless' | 'other'

/** What files begin with, as [offset, bytes in Latin-1]. */
const CONTAINER_MARKS: readonly (readonly [number, string])[] = [
  [0, 'RIFF'],
  [0, 'RIFX'],
  [0, 'RF64'],
  [0, 'riff'],
  [0, 'FORM'],
  [0, '.snd'],
  [0, 'caff'],
  [0, 'ID3'],
  [0, 'fLaC'],
  [0, 'OggS'],
  [4, 'ftyp'],
  [0, '\x1a\x45\xdf\xa3'],
  [0, '\x30\x26\xb2\x75'],
  [0, 'FLV\x01'],
  [0, '#!AMR'],
  [0, 'MAC '],
  [0, 'wvpk'],
  [0, 'TTA1'],
  [0, 'DSD '],
  [0, 'Creative Voice'],
]

const OTHER_MARKS: readonly (readonly [number, string])[] = [
  [0, '\x89PNG\r\n\x1a\n'],
  [0, '\xff\xd8\xff'],
  [0, 'GIF8'],
  [0, '%PDF-'],
  [0, 'PK\x03\x04'],
  [0, '\x7fELF'],
]

/** Bytes looked at to tell text from sound. */
const TEXT_BYTES = 512

/**
 * `container` for what begins as a sound file does, `other` for what is plainly no sound (a picture, an archive,
 * text, half a sample), and `headerless` for everything else: PCM has no mark of its own.
 */
export function chunkForm(bytes: Uint8Array): ChunkForm {
  if (CONTAINER_MARKS.some((mark) => hasMark(bytes, mark)) || isMpegAudio(bytes)) return 'container'
  if (bytes.length === 0 || bytes.length % 2 === 1) return 'other'
  if (OTHER_MARKS.some((mark) => hasMark(bytes, mark)) || isText(bytes)) return 'other'
  return 'headerless'
}

function hasMark(bytes: Uint8Array, [offset, mark]: readonly [number, string]): boolean {
  if (bytes.length < offset + mark.length) return false
  for (let i = 0; i < mark.length; i++) if (bytes[offset + i] !== mark.charCodeAt(i)) return false
  return true
}

function isText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, TEXT_BYTES)
    .every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d)
}

/** Frames that must follow one another; fewer only where the bytes end with them. */
const FRAMES_IN_A_ROW = 5
const FEWEST_FRAMES = 2

/**
 * MPEG audio or ADTS without a tag: frame headers, each exactly where the frame before ends, and of the same kind.
 * One header alone says nothing, since quiet PCM is full of bytes of 255.
 */
function isMpegAudio(bytes: Uint8Array): boolean {
  let frames = 0
  for (let at = 0; frames < FRAMES_IN_A_ROW; frames++) {
    if (at >= bytes.length) return frames >= FEWEST_FRAMES
    const length = mpegFrameLength(bytes, at) ?? adtsFrameLength(bytes, at)
    const isOfTheSameKind = bytes[at + 1] === bytes[1] && rateBits(bytes, at) === rateBits(bytes, 0)
    if (length === undefined || !isOfTheSameKind) return false
    at += length
  }
  return true
}

/** The sample rate, which stands in the same place in headers of MPEG audio and, but for its upper bits, of ADTS. */
function rateBits(bytes: Uint8Array, at: number): number {
  return (bytes[at + 2] ?? 0) & 0x0c
}

/** Bit rates of layer III in kbit/s: of MPEG 1, and of MPEG 2 and 2.5 (ISO/IEC 11172-3 and 13818-3). */
const MPEG1_BIT_RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const MPEG2_BIT_RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const MPEG1_SAMPLE_RATES = [44_100, 48_000, 32_000]

/** Length in bytes of the layer III frame at `at`; undefined where none begins. */
function mpegFrameLength(bytes: Uint8Array, at: number): number | undefined {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3)
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined
  const version = (second >> 3) & 3
  const isLayer3 = ((second >> 1) & 3) === 1
  const isMpeg1 = version === 3
  const bitRate = (isMpeg1 ? MPEG1_BIT_RATES : MPEG2_BIT_RATES)[third >> 4]
  const fullRate = MPEG1_SAMPLE_RATES[(third >> 2) & 3]
  if (version === 1 || !isLayer3 || !bitRate || fullRate === undefined) return undefined
  const sampleRate = isMpeg1 ? fullRate : version === 2 ? fullRate / 2 : fullRate / 4
  return Math.floor(((isMpeg1 ? 144 : 72) * bitRate * 1000) / sampleRate) + ((third >> 1) & 1)
}

/** Length in bytes of the ADTS frame at `at` (ISO/IEC 13818-7); undefined where none begins. */
function adtsFrameLength(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + 7 || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5)
  return length >= 7 ? length : undefined
}

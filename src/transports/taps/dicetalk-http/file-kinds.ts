import { InputError } from '../../../errors.js'
import { probeAudio } from '../../../media/decode.js'
import { FORMAT_BYTES, recogniseFormat } from '../../../media/picture-format.js'
import { headOfFile } from '../../../media/readable-file.js'

const PICTURE_PROBLEM = "Invalid image file type. Allowed types: ['image/jpeg', 'image/png']"
const SOUND_PROBLEM = "Invalid audio file type. Allowed types: ['audio/wav', 'audio/mpeg']"

/**
 * Looks into an uploaded portrait: what it is called, and what type it is said to have, decide nothing.
 * @throws InputError unless it is JPEG or PNG
 */
export async function checkPortrait(path: string): Promise<void> {
  const found = recogniseFormat(await headOfFile(path, FORMAT_BYTES))
  if (!('format' in found) || !['jpeg', 'png'].includes(found.format)) throw new InputError(PICTURE_PROBLEM)
}

/**
 * Looks into an uploaded recording in the same way.
 * @throws InputError unless it is WAV or MP3
 */
export async function checkRecording(path: string, signal: AbortSignal): Promise<void> {
  const head = Buffer.from(await headOfFile(path, 12)).toString('latin1')
  const isWav = /^(RIFF|RIFX|RF64)/.test(head) && head.slice(8, 12) === 'WAVE'
  // A tag, a frame, or the zeros that some encoders begin with; whether MP3 follows is the decoder's to say.
  const mayBeMp3 = /^(ID3|\xff[\xe0-\xff]|\0)/.test(head)
  if (!isWav && !mayBeMp3) throw new InputError(SOUND_PROBLEM)
  const { codec } = await probeAudio(path, { name: 'audio', signal }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new InputError(SOUND_PROBLEM, { cause: error })
  })
  if (!isWav && codec !== 'mp3') throw new InputError(SOUND_PROBLEM)
}

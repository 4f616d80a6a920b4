import { wavOf } from './wav.js'

/** What the server's films take as it is. */
const TAKEN = new Set(['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/mpeg', 'audio/mp3'])
/** Hz: what a voice needs, and a third of the bytes of a recording in stereo. */
const SAMPLE_RATE = 24_000

/**
 * A recording in a form that films take: as it is, or as a WAV of what the browser hears in it.
 * @throws DOMException when the browser cannot read it
 */
export async function soundFile(recording: Blob): Promise<Blob> {
  if (TAKEN.has(recording.type)) return recording
  const context = new OfflineAudioContext(1, 1, SAMPLE_RATE)
  const sound = await context.decodeAudioData(await recording.arrayBuffer())
  const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i))
  return new Blob([wavOf(channels, sound.sampleRate)], { type: 'audio/wav' })
}

/**
 * A film from a text, with a word on how fast it was.
 *
 *   npx tsx examples/01-film-from-text.ts hello.mp4
 */
import { createApp, resolveConfig, say } from 'phiz'

const [output = 'hello.mp4'] = process.argv.slice(2)

await using app = createApp(resolveConfig({ flags: { 'video.size': 256 } }))
const report = await say(app, {
  source: { kind: 'text', text: 'Hello! This film was made by a few lines of TypeScript.' },
  emotion: 'happy',
  output,
})
console.log(
  `${output}: ${(report.audio_ms / 1000).toFixed(1)} s, first frame after ${report.first_frame_ms} ms`,
)

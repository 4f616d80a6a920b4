/**
 * A photo becomes an avatar, and speaks.
 *
 *   npx tsx examples/05-avatar-of-a-photo.ts anna.mp4 face.jpg
 */
import { fileURLToPath } from 'node:url'
import { createApp, createAvatar, resolveConfig, say } from 'phiz'

const [
  output = 'anna.mp4',
  photo = fileURLToPath(new URL('../test/media/portrait-astronaut.png', import.meta.url)),
] = process.argv.slice(2)

await using app = createApp(resolveConfig({ flags: { 'video.size': 256 } }))
const { signal } = new AbortController()
const manifest = await createAvatar(
  app.avatars,
  { id: 'anna', source: { kind: 'image', path: photo }, replace: true },
  { signal, onWarning: console.warn },
)
console.log(
  `The face is ${Math.round(manifest.face.width)} pixels wide and turned by ${Math.round(manifest.face.yaw)}°`,
)

await say(app, {
  source: { kind: 'text', text: 'Now I have a voice.' },
  avatar: { folder: app.avatars.store.folderOf('anna'), manifest },
  output,
})

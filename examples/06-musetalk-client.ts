/**
 * A terminal client of the MuseTalk WebSocket: `s` stops the work, `q` leaves. Frames are counted, or kept in a folder.
 *
 *   npx phiz serve
 *   npx tsx examples/06-musetalk-client.ts speech.wav ws://localhost:8765 frames/
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { emitKeypressEvents } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const [
  audio = fileURLToPath(new URL('../test/media/speech-en-3s.wav', import.meta.url)),
  url = 'ws://localhost:8765',
  folder,
] = process.argv.slice(2)
if (folder !== undefined) mkdirSync(folder, { recursive: true })

/** What the server says between the frames. */
interface Message {
  readonly status?: 'processing' | 'progress' | 'completed' | 'stopped' | 'stopped_mid_process'
  readonly error?: string
  readonly total_frames?: number
  readonly processing_time?: number
  readonly fps?: number
  readonly progress_percent?: number
}

const { stdin, stdout } = process
const socket = new WebSocket(url)
let frames = 0

socket.on('open', () => {
  console.log(`Connected to ${url}`)
  socket.send(JSON.stringify({ audio_path: resolve(audio), options: { jpeg_quality: 70 } }))
  listenToKeys()
})
socket.on('message', (data: Buffer, isPicture) => {
  if (isPicture) showFrame(data)
  else tell(JSON.parse(data.toString()) as Message)
})
socket.on('error', (error) => {
  console.error(`${url}: ${error.message || 'cannot be reached'}`)
  process.exitCode = 1
})
socket.on('close', () => stdin.destroy())

function listenToKeys(): void {
  emitKeypressEvents(stdin)
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on('keypress', (_, key: { name?: string; ctrl?: boolean }) => {
    if (key.name === 's') socket.send(JSON.stringify({ action: 'stop' }))
    if (key.name === 'q' || (key.ctrl && key.name === 'c')) socket.close()
  })
}

function showFrame(jpeg: Uint8Array): void {
  frames += 1
  if (folder !== undefined) writeFileSync(join(folder, `frame_${frames}.jpg`), jpeg)
  if (stdout.isTTY) stdout.write(`\r${frames} frames`)
}

function tell(message: Message): void {
  if (stdout.isTTY) stdout.write('\r')
  switch (message.status) {
    case 'processing':
      console.log('The frames are coming. s stops, q leaves.')
      break
    case 'progress':
      console.log(`${message.progress_percent}% (${frames} frames)`)
      break
    case 'completed':
      console.log(
        `Done: ${message.total_frames} frames in ${message.processing_time} s, ${message.fps} a second`,
      )
      break
    case 'stopped':
      break
    case 'stopped_mid_process':
      console.log(`Stopped after ${frames} frames`)
      socket.close()
      break
    case undefined:
      console.error(message.error)
      process.exitCode = 1
      socket.close()
      break
  }
}

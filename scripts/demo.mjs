/** Renders a talking-face film from text and says how to go on. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const TEXT =
  'Hello! I am phiz. You typed one command, and now I have a voice, a face, and something to say. 你好，我也会说中文。'
const OUTPUT = 'phiz-demo.mp4'

const command = fileURLToPath(new URL('../bin/phiz.js', import.meta.url))

/** Runs phiz to its end. Returns its exit code, and that of Ctrl-C when a signal ended it. */
function phiz(...args) {
  const { status, signal } = spawnSync(process.execPath, [command, ...args], { stdio: 'inherit' })
  return signal === null ? (status ?? 1) : 130
}

const exitCode = phiz('models', 'prepare') || phiz('say', TEXT, '-o', OUTPUT)

if (exitCode === 0) {
  console.log(`
Open ${OUTPUT}: that is the built-in face with the built-in voice, made on this machine.

Go on with
  npx phiz say "Your own words." -o hello.mp4
  npx phiz say --audio speech.wav -o spoken.mp4      any recording
  npx phiz say "I am so happy." --emotion happy -o happy.mp4
  npx phiz avatar sheet -o sheet.png                 the face in all its expressions
  npx phiz models list                               the voices that can be brought in
  npm start                                          the server
  npx phiz doctor                                    what works on this machine`)
}
process.exitCode = exitCode

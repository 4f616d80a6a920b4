import { createApp, type App } from '../app.js'
import { InputError } from '../errors.js'
import type { TurnReport } from '../pipeline/meter.js'
import type { VoiceStyle } from '../pipeline/packet.js'
import { say, type SaySource } from '../say.js'
import { borrowAvatar, type BorrowedAvatar } from '../stages/avatar/borrow.js'
import { OUTPUT_KINDS, outputFormat } from '../transports/files/output.js'
import { withProgress } from './avatar-progress.js'
import { commandConfig, type CommandContext } from './context.js'
import { parseEmotion } from './emotion-option.js'
import { readStandardInput } from './standard-input.js'
import type { Terminal } from './terminal.js'

/** `phiz say`: a text or a recording into a file. */
export async function sayCommand(
  text: string | undefined,
  options: Readonly<Record<string, string | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  const emotion = options['emotion'] === undefined ? undefined : parseEmotion(options['emotion'])
  await using app = createApp(config)
  const source = await sourceOf(text, options, app, signal)
  const output = options['output'] ?? 'phiz.mp4'

  // Before the film's own progress: making an avatar shows one too, and may fail.
  await using avatar = await avatarOf(app, options['avatar'], output, signal, terminal)
  const progress = terminal.progress(output)
  const expectedOfText = source.kind === 'text' ? expectedSeconds(source.text) : 0
  const report = await say(app, {
    source,
    output,
    signal,
    ...(avatar && { avatar }),
    ...(emotion === undefined ? {} : { emotion }),
    onProgress: (done, expected) => {
      progress.update(done, expected ?? expectedOfText)
    },
    onWarning: (warning) => {
      terminal.note(`Warning: ${warning}`)
    },
  }).finally(() => {
    progress.end()
  })
  terminal.print(`${output}: ${summary(report)}`)
}

/** The avatar that the face is drawn from, if one is named and frames are wanted. */
async function avatarOf(
  app: App,
  reference: string | undefined,
  output: string,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<BorrowedAvatar | undefined> {
  if (reference === undefined || !OUTPUT_KINDS[outputFormat(output)].includes('frame')) return undefined
  return withProgress(terminal, reference, signal, (observer) =>
    borrowAvatar(app.avatars, reference, observer),
  )
}

async function sourceOf(
  text: string | undefined,
  options: Readonly<Record<string, string | undefined>>,
  { config, catalogue }: App,
  signal: AbortSignal,
): Promise<SaySource> {
  const path = options['audio']
  if (path !== undefined && text !== undefined) {
    throw new InputError('Both a text and --audio were given; expected one of them.')
  }
  if (path !== undefined) return { kind: 'recording', path }
  if (text === undefined) {
    throw new InputError('There is nothing to say: give a text, "-" for standard input, or --audio <file>.')
  }
  const spoken = text === '-' ? await readStandardInput(config.speech.maxCharacters, signal) : text
  const prompt = options['promptAudio']
  const style = prompt === undefined ? {} : await catalogue.recordedStyle(prompt, signal)
  return { kind: 'text', text: spoken, voice: { ...style, ...voiceOf(options) } }
}

function voiceOf(options: Readonly<Record<string, string | undefined>>): VoiceStyle {
  return {
    ...numberOption(options, 'rate', 0.5, 2),
    ...numberOption(options, 'pitch', -12, 12),
  }
}

function numberOption<Name extends 'rate' | 'pitch'>(
  options: Readonly<Record<string, string | undefined>>,
  name: Name,
  low: number,
  high: number,
): Partial<Record<Name, number>> {
  const text = options[name]
  if (text === undefined) return {}
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= low && value <= high))
    throw new InputError(`--${name} is "${text}"; expected ${low} to ${high}.`)
  return { [name]: value } as Partial<Record<Name, number>>
}

/** A rough length of a text, for the progress bar alone: hanzi take about 0.25 s, other characters 0.065 s. */
function expectedSeconds(text: string): number {
  const hanzi = text.match(/\p{Script=Han}/gu)?.length ?? 0
  return hanzi * 0.25 + (text.length - hanzi) * 0.065
}

function summary(report: TurnReport): string {
  const seconds = report.audio_ms / 1000
  const speed = report.audio_ms / report.total_ms
  return `${seconds.toFixed(1)} s in ${(report.total_ms / 1000).toFixed(1)} s (${speed.toFixed(1)} times real time)`
}

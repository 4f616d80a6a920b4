import { createApp } from '../app.js'
import { InputError } from '../errors.js'
import { createAvatar } from '../stages/avatar/create.js'
import type { AvatarSource } from '../stages/avatar/job.js'
import { describeAvatar } from './avatar-description.js'
import { withProgress } from './avatar-progress.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz avatar create`: a photo or a video becomes an avatar. */
export async function avatarCreateCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const started = performance.now()
  const source = sourceOf(options)
  // Here --video is a file, not the engine that it is elsewhere.
  await using app = createApp(await commandConfig({ ...options, video: undefined }))
  const request = {
    id,
    source,
    replace: options['replace'] === true,
    ...integerOption(options, 'bboxShift', '--bbox-shift'),
    ...integerOption(options, 'batchSize', '--batch-size'),
  }
  const manifest = await withProgress(terminal, id, signal, (observer) =>
    createAvatar(app.avatars, request, observer),
  )
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  terminal.print(`${id}: ${describeAvatar(manifest)}, in ${seconds} s`)
}

function sourceOf(options: Readonly<Record<string, string | boolean | undefined>>): AvatarSource {
  const { image, video } = options
  if (typeof image === 'string' && video === undefined) return { kind: 'image', path: image }
  if (typeof video === 'string' && image === undefined) return { kind: 'video', path: video }
  throw new InputError(
    image === undefined
      ? 'There is nothing to make an avatar of: give --image <file> or --video <file>.'
      : 'Both --image and --video were given; expected one of them.',
  )
}

function integerOption<Name extends string>(
  options: Readonly<Record<string, string | boolean | undefined>>,
  name: Name,
  flag: string,
): Partial<Record<Name, number>> {
  const text = options[name]
  if (typeof text !== 'string') return {}
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new InputError(`${flag} is "${text}"; a whole number is expected.`)
  return { [name]: Number(text) } as Partial<Record<Name, number>>
}

import type { AvatarObserver } from '../stages/avatar/job.js'
import type { Progress, Terminal } from './terminal.js'

/**
 * Runs a creation with its progress on the terminal: a bar over the seconds of a video; a photo is done before a bar
 * could be read. Warnings follow when the bar has gone: they would stand in the middle of it.
 */
export async function withProgress<Made>(
  terminal: Terminal,
  title: string,
  signal: AbortSignal,
  create: (observer: AvatarObserver) => Promise<Made>,
): Promise<Made> {
  let bar: Progress | undefined
  const warnings: string[] = []
  try {
    return await create({
      signal,
      onProgress: ({ phase, done, total, fps = 1 }) => {
        if (phase !== 'frames') return
        bar ??= terminal.progress(title)
        bar.update(done / fps, total / fps)
      },
      onWarning: (warning) => warnings.push(warning),
    })
  } finally {
    bar?.end()
    for (const warning of warnings) terminal.note(`Warning: ${warning}`)
  }
}

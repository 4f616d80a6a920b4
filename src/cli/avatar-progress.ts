import type { AvatarObserver, AvatarProgress } from '../stages/avatar/job.js'
import type { Progress, Terminal } from './terminal.js'

/** The phases that go through the frames of a video, and what their bars are called after the title. */
const COUNTED: Readonly<Partial<Record<AvatarProgress['phase'], string>>> = {
  frames: '',
  latents: ', mouth',
}

/**
 * Runs a creation with its progress on the terminal: a bar over the seconds of a video for each time that it is gone
 * through; of a photo there is nothing to count. Warnings follow when the bars have gone: they would stand in the middle
 * of them.
 */
export async function withProgress<Made>(
  terminal: Terminal,
  title: string,
  signal: AbortSignal,
  create: (observer: AvatarObserver) => Promise<Made>,
): Promise<Made> {
  let bar: Progress | undefined
  let counted: string | undefined
  const warnings: string[] = []
  try {
    return await create({
      signal,
      onProgress: ({ phase, done, total, fps }) => {
        const name = COUNTED[phase]
        if (name === undefined || fps === undefined || total <= 1) return
        if (name !== counted) {
          bar?.end()
          bar = terminal.progress(`${title}${name}`)
          counted = name
        }
        bar?.update(done / fps, total / fps)
      },
      onWarning: (warning) => warnings.push(warning),
    })
  } finally {
    bar?.end()
    for (const warning of warnings) terminal.note(`Warning: ${warning}`)
  }
}

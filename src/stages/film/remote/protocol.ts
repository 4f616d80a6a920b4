/** The messages of a DICE-Talk HTTP server, as its client writes and reads them. Pure. */
import { z } from 'zod'
import type { FilmSettings } from '../film.js'

export const startedAnswer = z.object({ task_id: z.string().min(1).max(200) })

export const statusAnswer = z.object({
  status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
  progress: z.number().catch(0),
  message: z.string().catch(''),
})

/** The settings as fields of the form. */
export function settingFields(settings: FilmSettings): Readonly<Record<string, string>> {
  const { duration } = settings
  return {
    emotion: settings.emotion,
    ref_scale: String(settings.refScale),
    emo_scale: String(settings.emoScale),
    crop: String(settings.crop),
    inference_steps: String(settings.inferenceSteps),
    ...(duration === undefined ? {} : { duration: String(duration) }),
    fps: String(settings.fps),
    seed: String(settings.seed),
    dynamic_scale: String(settings.dynamicScale),
    min_resolution: String(settings.minResolution),
    expand_ratio: String(settings.expandRatio),
  }
}

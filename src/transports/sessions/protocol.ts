import { z } from '@hono/zod-openapi'
import { settingFields } from '../converse/requests.js'

/** The forms of `/v1/sessions`. */

export const SESSIONS_PATH = '/v1/sessions'

export const TAPS = ['audio', 'motion', 'frames'] as const

/** Settings to begin with; what is left out is as usual. */
export const sessionBody = z.strictObject(settingFields).openapi('SessionSettings')

const tapPaths = z.object({ audio: z.string(), motion: z.string(), frames: z.string() })

export const createdAnswer = z
  .object({
    session: z.string().openapi({ description: 'Whoever knows it can watch.' }),
    token: z
      .string()
      .openapi({ description: 'For the one who speaks: it lets them connect, and end the session.' }),
    url: z.string().openapi({ description: 'Path of the WebSocket for the one who speaks.' }),
    taps: tapPaths.openapi({ description: 'Paths for those who watch.' }),
    expires: z.iso.datetime().openapi({ description: 'When it ends unless somebody connects.' }),
  })
  .openapi('CreatedSession')

export const stateAnswer = z
  .object({
    session: z.string(),
    attached: z.boolean().openapi({ description: 'Whether the one who speaks is connected.' }),
    expires: z.iso.datetime().nullable().openapi({ description: 'When it ends unless they come back.' }),
    turn: z.int().nullable().openapi({ description: 'The turn that is live.' }),
    settings: z.record(z.string(), z.unknown()),
    engines: z.record(z.string(), z.string()),
    watchers: z.int(),
    taps: tapPaths,
  })
  .openapi('Session')

/** The paths at which a session is watched. */
export function tapsOf(session: string): z.infer<typeof tapPaths> {
  const tap = (name: (typeof TAPS)[number]): string => `${SESSIONS_PATH}/${session}/taps/${name}`
  return { audio: tap('audio'), motion: tap('motion'), frames: tap('frames') }
}

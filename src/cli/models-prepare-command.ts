import { messageOf } from '../errors.js'
import { bringModel } from '../models/bring.js'
import { modelStore } from '../models/installed.js'
import { pinOf } from '../models/known-models.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeBytes } from './models-description.js'

/** Nobody waits longer than this for something that was not asked for. */
const LIMIT_SECONDS = 120

/**
 * `phiz models prepare`: brings in the natural English voice where it is wanted and missing, and otherwise says how to
 * get it. `npm start` and `npm run demo` begin with it, so it fails for nothing but Ctrl-C and a wrong configuration.
 */
export async function modelsPrepareCommand(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  if (!config.models.autoInstall || config.speech.engine === 'espeak') return
  const pin = pinOf('hibari')
  const store = modelStore(config)
  if (store.look(pin).state === 'installed') return
  const limit = AbortSignal.timeout(LIMIT_SECONDS * 1000)
  try {
    await bringModel(store, pin, {
      signal: AbortSignal.any([signal, limit]),
      // One more try is for a network that stumbles; pip's usual five keep a machine without one waiting.
      retries: 1,
      onPhase: (phase) => {
        if (phase !== 'downloading') return
        const { name, version, bytes } = pin.package
        terminal.note(
          `Bringing in ${pin.title} by pip: ${name} ${version}, ${describeBytes(bytes)}, this once ` +
            '(PHIZ_MODELS_AUTO_INSTALL=false prevents it) …',
        )
      },
    })
  } catch (error) {
    signal.throwIfAborted()
    const problem = limit.aborted ? `It was not there after ${LIMIT_SECONDS} s.` : firstLine(messageOf(error))
    terminal.note(
      `Going on without ${pin.title}; "phiz models add ${pin.id}" brings it in. What was in the way: ${problem}`,
    )
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}

import type { Config } from '../../../config/schema.js'
import { requireExported } from '../../../models/exported.js'
import type { ModelRegistry } from '../../../runtime/registry.js'
import { singleFlight } from '../../single-flight.js'
import { emotionIn, MOTION_FPS, partOf, type ExpressionEngine } from '../expression-engine.js'
import { lamModel } from './model.js'
import type program from './program.js'
import { lamExpression } from './stage.js'

/**
 * LAM-A2E, whose styles of speaking are the network's own. Its folder is looked at until it is there; what is said when
 * it is not names the command that makes it. From then on the model is what it was, whatever becomes of the folder.
 */
export function lamExpressionEngine(config: Config, registry: ModelRegistry): ExpressionEngine {
  const { lam, expression } = config
  const described = singleFlight(() => Promise.resolve(lamModel(requireExported(config, 'lam-a2e'), lam)))
  return async (choice) => {
    const { life, recording, identity = lam.identity } = choice
    const emotion = emotionIn(choice)
    const model = await described()
    const engine = await registry.load<typeof program>(model.spec)
    return lamExpression(engine, model, {
      mode: lam.mode,
      fps: MOTION_FPS,
      seed: expression.seed,
      identity,
      ...(recording && { recording }),
      emotion: () => emotion() ?? 'neutral',
      ...(life && partOf(life)),
    })
  }
}

import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { ModelRegistry } from '../../../runtime/registry.js'
import { singleFlight } from '../../single-flight.js'
import { emotionIn, MOTION_FPS, partOf, type ExpressionEngine } from '../expression-engine.js'
import { styledFace } from '../style.js'
import { visemesModel } from './model.js'
import type program from './program.js'
import { visemeExpression, type VisemeExpressionOptions } from './stage.js'

/** The embedded engine of the expression stage, with all that it can be told. */
export type VisemeFace = (options: VisemeExpressionOptions) => Promise<Stage<AudioPacket, MotionPacket>>

/**
 * Loads the embedded engine when it is first asked for.
 *
 * @param modelsFolder absolute path of the folder that holds one folder for each model that ships
 * @param seed of idle motion, where the options name none
 */
export function visemeFace(registry: ModelRegistry, modelsFolder: string, seed: number): VisemeFace {
  const files = singleFlight(() => visemesModel(modelsFolder))
  return async (options) => {
    const model = await files()
    const engine = await registry.load<typeof program>(model.spec)
    return visemeExpression(engine, model, { fps: MOTION_FPS, seed, ...options })
  }
}

/** The embedded engine as a conversation and the taps know it; its styles of speaking are factors on its motion. */
export function visemeExpressionEngine(face: VisemeFace): ExpressionEngine {
  return async (choice) => {
    const { life, identity = 0 } = choice
    const emotion = emotionIn(choice)
    const stage = await face({ emotion: () => emotion() ?? 'neutral', ...(life && partOf(life)) })
    return styledFace(stage, identity)
  }
}

import type { RemoteEngines } from '../../remote/engines.js'
import { emotionIn, MOTION_FPS, type ExpressionEngine } from '../expression-engine.js'
import { styledFace } from '../style.js'

/** The motion that a LAM-A2E server makes, in its usual style; others are factors on it. */
export function remoteExpressionEngine(move: NonNullable<RemoteEngines['expression']>): ExpressionEngine {
  return (choice) => {
    const { life, identity = 0 } = choice
    return Promise.resolve(styledFace(move(MOTION_FPS, emotionIn(choice)(), life), identity))
  }
}

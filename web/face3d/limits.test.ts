import { expect, it } from 'vitest'
import { BLENDSHAPE_INDEX, BLENDSHAPE_NAMES, type BlendshapeName } from '../../src/pipeline/blendshapes.js'
import { limit, limitedWeights } from './limits.js'

function limited(wanted: Partial<Record<BlendshapeName, number>>): {
  weight: (name: BlendshapeName) => number
  lids: number[]
} {
  const weights = new Float32Array(55)
  for (const [name, value] of Object.entries(wanted))
    weights[BLENDSHAPE_INDEX[name as BlendshapeName]] = value
  const lids = new Float32Array(2)
  limit(weights, limitedWeights(BLENDSHAPE_NAMES), lids)
  return { weight: (name) => weights[BLENDSHAPE_INDEX[name]]!, lids: [...lids] }
}

it('closes lips no further than the jaw has opened them', () => {
  expect(limited({ jawOpen: 0.3, mouthClose: 1 }).weight('mouthClose')).toBeCloseTo(0.38)
  expect(limited({ jawOpen: 0.3, mouthClose: 0.2 }).weight('mouthClose')).toBeCloseTo(0.2)
})

it('closes lids no further than shut, and lets the gaze go on', () => {
  const shut = limited({ eyeBlinkLeft: 1, eyeSquintLeft: 0.6, eyeLookDownLeft: 0.8 })
  expect(shut.weight('eyeSquintLeft')).toBe(0)
  expect(shut.weight('eyeLookDownLeft')).toBeCloseTo(0.8)
  expect(shut.lids).toEqual([0, 1])
  const open = limited({ eyeSquintRight: 0.6, eyeLookDownRight: 0.8 })
  expect(open.weight('eyeSquintRight')).toBeCloseTo(0.6)
  expect(open.lids).toEqual([1, 1])
})

it('keeps weights within their range', () => {
  const { weight } = limited({ jawOpen: 1.4, browInnerUp: -0.2 })
  expect([weight('jawOpen'), weight('browInnerUp')]).toEqual([1, 0])
})

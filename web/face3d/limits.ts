/** The places in the list of weights of those that limit each other. */
export interface LimitedWeights {
  readonly jawOpen: number
  readonly mouthClose: number
  readonly eyes: readonly { readonly blink: number; readonly squint: number; readonly down: number }[]
}

/** Lips reach this far beyond the jaw's opening. */
const LIP_REACH = 0.08
/** Share of an eye's opening that squinting and looking down close, beside a blink's whole. */
const SQUINT_CLOSES = 0.44
const DOWN_CLOSES = 0.29

/** @param names the weights' names, in their order */
export function limitedWeights(names: readonly string[]): LimitedWeights {
  const at = (name: string): number => names.indexOf(name)
  return {
    jawOpen: at('jawOpen'),
    mouthClose: at('mouthClose'),
    eyes: ['Left', 'Right'].map((side) => ({
      blink: at(`eyeBlink${side}`),
      squint: at(`eyeSquint${side}`),
      down: at(`eyeLookDown${side}`),
    })),
  }
}

/**
 * Holds back what would push skin through skin, because morph targets only add up: lips that close further than the jaw
 * has opened them, lids that close further than shut. The gaze is written apart from the lids: it may go on.
 * @param weights changed in place
 * @param lids receives for both eyes, left first, how much of `eyeLookDown` the lids may follow, 0–1
 */
export function limit(weights: Float32Array, limited: LimitedWeights, lids: Float32Array): void {
  for (let i = 0; i < 52; i += 1) weights[i] = Math.min(1, Math.max(0, weights[i]!))
  const { jawOpen, mouthClose } = limited
  weights[mouthClose] = Math.min(weights[mouthClose]!, weights[jawOpen]! + LIP_REACH)
  limited.eyes.forEach(({ blink, squint, down }, eye) => {
    const closing = SQUINT_CLOSES * weights[squint]! + DOWN_CLOSES * weights[down]!
    const share = Math.min(1, (1 - weights[blink]!) / Math.max(closing, 1e-6))
    weights[squint]! *= share
    lids[eye] = share
  })
}

import { BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import type { FaceParts } from '../visemes/face.js'

/** Lids and gaze are the face's own: it blinks and looks in turns and between them alike, and never twice. */
const HEARD = BLENDSHAPE_NAMES.flatMap((name, channel) => (/^eye(Blink|Look)/.test(name) ? [] : [channel]))

/**
 * What a voice does to a face, as the network hears it: the mouth, and what goes with it in cheeks and brows. Closed lips
 * need no seal here: the network closes the mouth by `mouthClose`, which the face reckons with.
 */
export const HEARD_MOUTH: FaceParts['mouth'] = {
  seal: 0,
  write: (values, weights) => {
    weights.fill(0)
    for (const channel of HEARD) weights[channel] = values[channel]!
  },
}

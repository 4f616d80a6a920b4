import { MOUTH, NOSE, SKIN } from './jaw-mask.js'

/** Of the face, the share that a parser has to tell as such. Hands, hair and microphones may cover the rest. */
const LEAST_SHARE = 0.4

/**
 * Whether a parser sees the face that the mesh is on: photos are what it has learnt from, and it may see nothing in a
 * drawing.
 *
 * @param parsed classes of a square, as the parser tells them
 * @param meshed classes of the same square, as the mesh has them
 */
export function seesFace(parsed: Uint8Array, meshed: Uint8Array): boolean {
  let [face, seen] = [0, 0]
  for (let i = 0; i < meshed.length; i++) {
    if (meshed[i] === 0) continue
    face += 1
    if (parsed[i] === SKIN || parsed[i] === NOSE || MOUTH.has(parsed[i]!)) seen += 1
  }
  return seen >= LEAST_SHARE * face
}

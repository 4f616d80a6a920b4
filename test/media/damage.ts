/** Damages files for tests: the same way each time. */

/** Bits that are flipped at random lie within these first bytes half of the time, where headers are. */
const HEADER_BYTES = 700

/** Makes a function that gives copies of bytes with up to 30 bits flipped, of which every third is cut as well. */
export function damager(seed: number): (whole: Uint8Array) => Uint8Array {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return (whole) => {
    const bytes = new Uint8Array(whole.subarray(0, random(3) === 0 ? 1 + random(whole.length) : whole.length))
    const within = random(2) === 0 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length
    for (let flip = random(30); flip >= 0; flip--) bytes[random(within)]! ^= 1 << random(8)
    return bytes
  }
}

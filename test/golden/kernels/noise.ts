/** Pictures and sounds that Python and TypeScript make alike, whole number by whole number; twin of noise.py. */

/** What a picture is filled with: any byte, 0 or 255, or few 255 among 0. */
export type Content = 'noise' | 'extreme' | 'sparse'

/** Bytes without a pattern: a hash of their place and the seed (constants of Wellons' "hash prospector"). */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b)) | 0
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    bytes[i] = (x ^ (x >>> 15)) >>> 24
  }
  return bytes
}

/** width × height × channels bytes. */
export function picture(
  content: Content,
  width: number,
  height: number,
  channels: number,
  seed: number,
): Uint8Array {
  const values = noise(width * height * channels, seed)
  const threshold = { noise: 0, extreme: 128, sparse: 253 }[content]
  return content === 'noise' ? values : values.map((value) => (value >= threshold ? 255 : 0))
}

/** Samples in [−1, 1]: noise that swells and dies four times a second (at 16 kHz), with gaps of silence. */
export function sound(length: number, level: number, seed: number): Float32Array {
  const bytes = noise(length, seed)
  return Float32Array.from({ length }, (_, n) => {
    const swell = n % 9600 < 1600 ? 0 : Math.abs((n % 4000) - 2000) / 2000
    return ((bytes[n]! - 127.5) / 127.5) * swell * level
  })
}

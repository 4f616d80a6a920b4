import type { Pin } from '../models/pin.js'
import type { ModelState } from '../models/store.js'

/** Bytes in words: `14 MB`, `3.4 GB`. */
export function describeBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** Whether a model is there, in a few words. */
export function describeModel(pin: Pin, found: ModelState): string {
  switch (found.state) {
    case 'missing':
      return `not there; "phiz models add ${pin.id}" brings it in (${describeBytes(pin.package.bytes)})`
    case 'damaged':
      return `damaged: ${found.damage}; "phiz models add ${pin.id}" brings it in anew`
    case 'installed': {
      const { version, files, note } = found.manifest
      const size = describeBytes(files.reduce((sum, { bytes }) => sum + bytes, 0))
      return `${version}, ${size}${note === undefined ? '' : `; ${note}`}`
    }
  }
}

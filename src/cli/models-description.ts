import type { Pin } from '../models/pin.js'
import type { ModelState } from '../models/store.js'

/** Bytes in words: `14 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1e6))} MB`
}

/** Whether a model is there, in a few words. */
export function describeModel(pin: Pin, found: ModelState): string {
  switch (found.state) {
    case 'missing':
      return `not there; "phiz models add ${pin.id}" brings it in (${megabytes(pin.package.bytes)})`
    case 'damaged':
      return `damaged: ${found.damage}; "phiz models add ${pin.id}" brings it in anew`
    case 'installed': {
      const { version, files, note } = found.manifest
      const size = megabytes(files.reduce((sum, { bytes }) => sum + bytes, 0))
      return `${version}, ${size}${note === undefined ? '' : `; ${note}`}`
    }
  }
}

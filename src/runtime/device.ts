import { InputError } from '../errors.js'

/** Where models compute: the processor, or one CUDA device by its number. */
export type Device = { readonly kind: 'cpu' } | { readonly kind: 'cuda'; readonly index: number }

/**
 * Reads the value of `--device`.
 *
 * @param text - `cpu`, `cuda` (the first device) or `cuda:<n>`.
 * @throws InputError when the text is none of these.
 */
export function parseDevice(text: string): Device {
  if (text === 'cpu') return { kind: 'cpu' }
  const match = /^cuda(?::(\d{1,3}))?$/.exec(text)
  if (match === null) {
    throw new InputError(
      `device is "${text}"; it must be "cpu", "cuda" or "cuda:<number>", such as "cuda:1".`,
    )
  }
  return { kind: 'cuda', index: Number(match[1] ?? 0) }
}

/** The canonical text of a device: `cpu`, `cuda:0`, `cuda:1`. */
export function deviceName(device: Device): string {
  return device.kind === 'cpu' ? 'cpu' : `cuda:${device.index}`
}

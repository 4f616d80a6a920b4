import type { SettingChange, Settings } from 'phiz/client'
import { element } from '../elements.js'
import { RadioGroup } from './radio-group.js'
import { Settling } from './settling.js'

/** Pixels, width and height. */
const SIZES = [256, 512, 768] as const
/** Frames a second. */
const RATES = [15, 25, 30, 50] as const

/** Size, pace and quality of the pictures. */
export class PicturePanel {
  readonly #sizes: RadioGroup<number>
  readonly #rates: RadioGroup<number>
  readonly #quality = element('quality', HTMLInputElement)
  readonly #settling: Settling<SettingChange>

  constructor(onChange: (change: SettingChange) => void) {
    this.#settling = new Settling(onChange)
    this.#sizes = group('sizes', SIZES, (size) => onChange({ size }))
    this.#rates = group('rates', RATES, (fps) => onChange({ fps }))
    this.#quality.addEventListener('input', () => {
      this.#showQuality()
      this.#settling.change({ quality: this.#quality.valueAsNumber })
    })
  }

  /** Shows what holds. */
  show({ size, fps, quality }: Settings): void {
    this.#sizes.choose(size)
    this.#rates.choose(fps)
    // Not under the visitor's finger.
    if (this.#settling.busy) return
    this.#quality.value = String(quality)
    this.#showQuality()
  }

  #showQuality(): void {
    element('quality-value', HTMLOutputElement).value = this.#quality.value
  }
}

function group(id: string, values: readonly number[], onChoose: (value: number) => void): RadioGroup<number> {
  const choices = values.map((value) => {
    const text = document.createElement('span')
    text.textContent = String(value)
    return [value, text] as const
  })
  return new RadioGroup<number>(element(id, HTMLDivElement), id, choices, onChoose)
}

import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { MeasureView } from './measure-view.js'

/** What should not be exceeded, in milliseconds: the project's own targets. */
const TARGETS = { firstAudio: 250, firstFrame: 400, silence: 100, skew: 40 } as const

export type MeasureName = keyof typeof TARGETS

/** The stages whose speed is shown, in the order of the line. */
const STAGES = ['speech', 'expression', 'video'] as const

const SVG = 'http://www.w3.org/2000/svg'
const BAR_WIDTH = 84
const BAR_HEIGHT = 6

/** What a visitor feels, measured in the page, and how fast each stage is, as the server measures it. */
export class StatsPanel {
  readonly #measures: Readonly<Record<MeasureName, MeasureView>>
  readonly #factors = new Map<string, { bar: SVGRectElement; value: HTMLElement }>()

  constructor(language: Language) {
    const view = (name: MeasureName): MeasureView => new MeasureView(language, name, TARGETS[name])
    this.#measures = {
      firstAudio: view('firstAudio'),
      firstFrame: view('firstFrame'),
      silence: view('silence'),
      skew: view('skew'),
    }
    element('measures', HTMLDivElement).append(...Object.values(this.#measures).map(({ root }) => root))
    element('realtime', HTMLDivElement).append(...STAGES.map((stage) => this.#factor(language, stage)))
  }

  /** Takes a measure in milliseconds. */
  add(name: MeasureName, milliseconds: number): void {
    this.#measures[name].add(milliseconds)
  }

  /** Takes the wall time over the media time of each stage. */
  factors(factors: Readonly<Record<string, number>>): void {
    for (const [stage, { bar, value }] of this.#factors) {
      // A stage may add its engine's name: `video/portrait`.
      const name = Object.keys(factors).find((key) => key === stage || key.startsWith(`${stage}/`))
      const factor = factors[name ?? stage]
      if (factor === undefined) continue
      bar.setAttribute('width', String(BAR_WIDTH * Math.min(1, factor)))
      value.textContent = `${(factor * 100).toFixed(factor < 0.1 ? 1 : 0)} %`
    }
  }

  #factor(language: Language, stage: (typeof STAGES)[number]): HTMLElement {
    const row = document.createElement('div')
    const label = document.createElement('span')
    const value = document.createElement('b')
    const bar = barOf(0)
    const chart = document.createElementNS(SVG, 'svg')
    chart.setAttribute('viewBox', `0 0 ${BAR_WIDTH} ${BAR_HEIGHT}`)
    chart.setAttribute('aria-hidden', 'true')
    chart.append(barOf(BAR_WIDTH), bar)
    row.className = 'factor'
    value.textContent = '–'
    language.follow(() => (label.textContent = language.text(stage)))
    row.append(label, chart, value)
    this.#factors.set(stage, { bar, value })
    return row
  }
}

function barOf(width: number): SVGRectElement {
  const bar = document.createElementNS(SVG, 'rect')
  bar.setAttribute('width', String(width))
  bar.setAttribute('height', String(BAR_HEIGHT))
  bar.setAttribute('rx', String(BAR_HEIGHT / 2))
  return bar
}

import type { Language } from '../i18n/language.js'
import type { TextName } from '../i18n/texts.js'
import { linePoints, Series } from './series.js'

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 84
const HEIGHT = 24
/** Values that a chart shows. */
const CAPACITY = 24

/** One measure: its name, a small chart of its last values with a line at its target, and the latest in figures. */
export class MeasureView {
  readonly root = document.createElement('div')
  readonly #series = new Series(CAPACITY)
  readonly #line = document.createElementNS(SVG, 'polyline')
  readonly #dot = document.createElementNS(SVG, 'circle')
  readonly #value = document.createElement('b')
  readonly #target: number

  /** @param target milliseconds that the measure should stay within */
  constructor(language: Language, name: TextName, target: number) {
    this.#target = target
    const label = document.createElement('span')
    language.follow(() => (label.textContent = language.text(name)))
    this.#dot.setAttribute('r', '2')
    this.#value.textContent = '–'
    this.root.className = 'measure'
    this.root.append(label, this.#chart(), this.#value)
  }

  /** Takes a value in milliseconds. */
  add(milliseconds: number): void {
    this.#series.add(milliseconds)
    const { values } = this.#series
    const top = this.#target * 1.5
    const points = linePoints(values, { width: WIDTH, height: HEIGHT, top, capacity: CAPACITY })
    this.#line.setAttribute('points', points)
    const [x = '0', y = '0'] = points.slice(points.lastIndexOf(' ') + 1).split(',')
    this.#dot.setAttribute('cx', x)
    this.#dot.setAttribute('cy', y)
    this.#dot.removeAttribute('visibility')
    const unit = document.createElement('span')
    unit.className = 'unit'
    unit.textContent = ' ms'
    this.#value.replaceChildren(String(Math.round(milliseconds)).replace('-', '−'), unit)
    this.root.dataset['over'] = String(Math.abs(milliseconds) > this.#target)
  }

  #chart(): SVGSVGElement {
    const chart = document.createElementNS(SVG, 'svg')
    const target = document.createElementNS(SVG, 'line')
    const y = String(HEIGHT / 3)
    target.setAttribute('x2', String(WIDTH))
    target.setAttribute('y1', y)
    target.setAttribute('y2', y)
    this.#dot.setAttribute('visibility', 'hidden')
    chart.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    chart.setAttribute('aria-hidden', 'true')
    chart.append(target, this.#line, this.#dot)
    return chart
  }
}

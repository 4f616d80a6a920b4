import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import { atMost, type Row, type Scenario, type ScenarioOptions } from '../harness/scenario.js'
import { serverProcess } from '../harness/server.js'
import { speechOf } from '../harness/speech-text.js'
import { median, rounded } from '../harness/statistics.js'

const BROWSER = process.env['PHIZ_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const RUNS = 11
const WARM_UP = 2
const WORDS = 'Hello, I am phiz. It is good to see you.'
const SECONDS = 180

/** What was kept in the page, in milliseconds. */
type Measures = Record<string, number[]>

/** The page in Chromium, with a server of its own: what a person feels, measured where it is felt. */
export const page: Scenario = {
  name: 'page',
  run: async (options) => {
    if (!existsSync(BROWSER)) {
      console.log(
        `  nothing is measured: there is no browser at ${BROWSER}; PHIZ_TEST_CHROMIUM names another`,
      )
      return []
    }
    await using server = await serverProcess()
    const browser = await chromium.launch({
      executablePath: BROWSER,
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    })
    try {
      const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await tab.addInitScript(KEEPING)
      await tab.goto(server.address)
      await state(tab, 'ready')
      return await measure(tab, options)
    } finally {
      await browser.close()
    }
  },
}

async function measure(tab: Page, { seconds = SECONDS }: ScenarioOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (const mode of ['say', 'ask'] as const) {
    await tab.check(`#mode input[value=${mode}]`)
    const text = mode === 'say' ? WORDS : 'What can you do?'
    for (let run = 0; run < WARM_UP; run += 1) await turn(tab, text)
    await forget(tab)
    for (let run = 0; run < RUNS; run += 1) await turn(tab, text)
    const { firstAudio, firstFrame } = await told(tab)
    rows.push(
      middle(250, `${mode}: Enter → first audio, median`, firstAudio),
      middle(400, `${mode}: Enter → first frame drawn, median`, firstFrame),
    )
  }
  await tab.check('#mode input[value=say]')
  await forget(tab)
  for (let run = 0; run < RUNS; run += 1) {
    await enter(tab, speechOf(10))
    await tab.waitForTimeout(1500 + 100 * run)
    await interrupt(tab)
    await tab.waitForTimeout(500)
  }
  const stopped = await told(tab)
  rows.push(
    middle(100, 'Escape → silence, median', stopped['silence']),
    middle(200, 'Escape → mouth closed, median', stopped['mouthClosed']),
  )
  await enter(tab, speechOf(seconds * 1.2))
  await forget(tab)
  await tab.waitForTimeout(seconds * 1000)
  const { skew = [] } = await told(tab)
  await interrupt(tab)
  rows.push(
    atMost(40, {
      figure: `absolute A/V skew over ${seconds} s: the worst ten seconds' p95`,
      value: Math.max(...skew),
      unit: 'ms',
    }),
    { figure: 'the same, median of them', value: rounded(median(skew)), unit: 'ms' },
  )
  return rows
}

function middle(goal: number, figure: string, values: readonly number[] = []): Row {
  const raw = values.map((value) => rounded(value))
  return atMost(goal, { figure, value: rounded(median(raw)), unit: 'ms', raw })
}

// ── Hands and ears ───────────────────────────────────────────────────────────────────────────────────────────────

async function state(tab: Page, wanted: 'ready' | 'speaking'): Promise<void> {
  await tab.waitForSelector(`#connection[data-state=${wanted}]`, { timeout: 120_000 })
}

/** Enters words and waits until they are being spoken. */
async function enter(tab: Page, text: string): Promise<void> {
  await tab.fill('#words', text)
  await tab.press('#words', 'Enter')
  await state(tab, 'speaking')
}

async function interrupt(tab: Page): Promise<void> {
  await tab.keyboard.press('Escape')
  await state(tab, 'ready')
}

/** One turn, as far as its beginning is of interest. */
async function turn(tab: Page, text: string): Promise<void> {
  await enter(tab, text)
  await tab.waitForTimeout(1500)
  if ((await tab.getAttribute('#connection', 'data-state')) === 'speaking') await interrupt(tab)
  await state(tab, 'ready')
  await tab.waitForTimeout(300)
}

/**
 * Runs in the page before its own script. Keeps what its panel shows whenever that changes, and when the mouth is
 * closed after Escape: a picture that takes another's place softly is drawn over it until it alone is seen.
 */
const KEEPING = `
  const names = ['firstAudio', 'firstFrame', 'silence', 'skew']
  globalThis.kept = {}
  const keep = (name, milliseconds) => (kept[name] ??= []).push(milliseconds)
  let escapedAt, isMixing = false
  addEventListener('keydown', ({ key }) => { if (key === 'Escape') escapedAt = performance.now() }, true)
  const { drawImage } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.drawImage = function (...drawn) {
    drawImage.apply(this, drawn)
    if (escapedAt === undefined || this.canvas.id !== 'face') return
    if (drawn.length > 3) isMixing = true
    else if (isMixing && this.globalAlpha === 1) {
      keep('mouthClosed', performance.now() - escapedAt)
      escapedAt = undefined
      isMixing = false
    }
  }
  addEventListener('DOMContentLoaded', () => {
    const rows = document.querySelector('#measures')
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const name = names[[...rows.children].indexOf(target.parentElement)]
        if (target.localName === 'b' && name) keep(name, parseFloat(target.textContent.replace('−', '-')))
      }
    }).observe(rows, { childList: true, subtree: true })
  })`

async function told(tab: Page): Promise<Measures> {
  return tab.evaluate(() => (globalThis as unknown as { kept: Measures }).kept)
}

async function forget(tab: Page): Promise<void> {
  await tab.evaluate(() => {
    const { kept } = globalThis as unknown as { kept: Measures }
    for (const name of Object.keys(kept)) kept[name] = []
  })
}

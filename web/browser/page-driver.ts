import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** The browser of this machine; undefined where there is none. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

/** For a machine that does many other things as well. */
export const PATIENT = { timeout: 60_000, interval: 25 }
/** Milliseconds for a test that waits for several things. */
export const SLOW = { timeout: 240_000 }

/** What the test listens with, in the page: it sits beside the loudspeaker. */
interface Ears {
  analyser?: AnalyserNode
  level: () => number
}

/** Hangs an analyser beside whatever is connected to the loudspeaker. */
function growEars(): void {
  const ears: Ears = {
    level: () => {
      const samples = new Float32Array(1024)
      ears.analyser?.getFloatTimeDomainData(samples)
      return Math.max(...samples.map(Math.abs))
    },
  }
  const connect = AudioNode.prototype.connect as (this: AudioNode, target: AudioNode) => AudioNode
  Object.assign(AudioNode.prototype, {
    connect(this: AudioNode, target: AudioNode) {
      if (target === this.context.destination) {
        ears.analyser = this.context.createAnalyser()
        ears.analyser.fftSize = 1024
        connect.call(this, ears.analyser)
      }
      return connect.call(this, target)
    },
  })
  Object.assign(globalThis, { ears })
}

/**
 * @param speech a WAV that the microphone hears, over and over; beeps without
 * @param flags more for the browser's command line
 */
export function launch(speech?: string, flags: readonly string[] = []): Promise<Browser> {
  const microphone = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream']
  if (speech !== undefined) microphone.push(`--use-file-for-fake-audio-capture=${speech}`)
  return chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', ...microphone, ...flags] })
}

/** The conversation page, as a visitor sees and hears it. */
export class PageDriver {
  /** What the browser complained of. */
  readonly troubles: string[] = []

  private constructor(readonly page: Page) {
    page.on('pageerror', ({ message }) => this.troubles.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.troubles.push(message.text())
    })
  }

  /** @param before runs in the page before its own scripts */
  static async open(
    browser: Browser,
    address: string,
    options: BrowserContextOptions = {},
    before?: () => void,
  ): Promise<PageDriver> {
    const viewport = { width: 1280, height: 800 }
    const context = await browser.newContext({ locale: 'en-GB', viewport, ...options })
    context.setDefaultTimeout(PATIENT.timeout)
    const driver = new PageDriver(await context.newPage())
    await driver.page.addInitScript(growEars)
    if (before !== undefined) await driver.page.addInitScript(before)
    await driver.page.goto(address)
    await driver.state('ready')
    return driver
  }

  async state(wanted: string): Promise<void> {
    await this.page.waitForSelector(`#connection[data-state=${wanted}]`)
  }

  /**
   * Remembers how the conversation stands from now on.
   * @returns tells what was remembered so far, each state once
   */
  async states(): Promise<() => Promise<string[]>> {
    const states = await this.page.evaluateHandle(() => {
      const status = document.querySelector('#connection')!
      const seen: string[] = []
      const look = (): void => void seen.push(status.getAttribute('data-state')!)
      new MutationObserver(look).observe(status, { attributeFilter: ['data-state'] })
      return seen
    })
    return async () => [...new Set(await states.jsonValue())]
  }

  /** Chooses what becomes of the words. */
  async mode(mode: 'ask' | 'say'): Promise<void> {
    await this.page.check(`#mode input[value=${mode}]`)
  }

  async send(text: string): Promise<void> {
    await this.page.fill('#words', text)
    await this.page.press('#words', 'Enter')
  }

  /** Sends words to be read aloud. */
  async say(text: string): Promise<void> {
    await this.mode('say')
    await this.send(text)
  }

  /** How loud it is at the loudspeaker. */
  level(): Promise<number> {
    return this.page.evaluate(() => (globalThis as unknown as { ears: Ears }).ears.level())
  }

  async sound(): Promise<void> {
    await expect.poll(() => this.level(), PATIENT).toBeGreaterThan(0.02)
  }

  async silence(): Promise<void> {
    await expect.poll(() => this.level(), PATIENT).toBe(0)
  }

  /** The picture's bytes, to tell whether it changes. */
  face(): Promise<string> {
    return this.page.evaluate(() =>
      document.querySelector<HTMLCanvasElement>('#face')!.toDataURL('image/jpeg', 0.5),
    )
  }

  /** Waits until the picture is another than now. */
  async move(): Promise<void> {
    const before = await this.face()
    await expect.poll(() => this.face(), PATIENT).not.toBe(before)
  }

  /** Waits until an element says something. */
  async reads(selector: string, wanted: string | RegExp): Promise<void> {
    await expect.poll(() => this.page.innerText(selector), PATIENT).toMatch(wanted)
  }

  /** The figure in a row of the live panel. */
  measure(row: number): Promise<string> {
    return this.page.innerText(`#measures .measure:nth-child(${row}) b`)
  }

  /** Waits until what the face says last has been heard as far as these words. */
  async hears(wanted: RegExp): Promise<void> {
    const heard = this.page.locator('#dialogue-rows [data-speaker=face] span:not(.coming)').last()
    await expect.poll(() => heard.innerText(), PATIENT).toMatch(wanted)
  }

  /** What was said last, by one of the two. */
  lastSaid(who: 'you' | 'face'): Promise<string> {
    return this.page
      .locator(`#dialogue-rows [data-speaker=${who}]`)
      .last()
      .evaluate((row) => [...row.querySelectorAll('span')].map(({ textContent }) => textContent).join(''))
  }
}

import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedPage, type ServedPage } from './served-page.js'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const LONG = 'One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen.'

/** For a machine that does other things as well. */
const PATIENT = { timeout: 15_000, interval: 25 }

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

describe.skipIf(CHROMIUM === undefined)('the page in a browser (needs Chromium in /usr/bin)', () => {
  let served: ServedPage
  let browser: Browser
  let page: Page
  const troubles: string[] = []

  const state = (wanted: string) => page.waitForSelector(`#connection[data-state=${wanted}]`)
  const say = async (text: string): Promise<void> => {
    await page.fill('#words', text)
    await page.press('#words', 'Enter')
  }
  const level = (): Promise<number> =>
    page.evaluate(() => (globalThis as unknown as { ears: Ears }).ears.level())
  const sound = () => expect.poll(level, PATIENT).toBeGreaterThan(0.02)
  /** The picture's bytes, to tell whether it changes. */
  const face = (): Promise<string> =>
    page.evaluate(() => document.querySelector<HTMLCanvasElement>('#face')!.toDataURL('image/jpeg', 0.5))
  const measure = (row: number) => page.innerText(`#measures .measure:nth-child(${row}) b`)

  beforeAll(async () => {
    served = await servedPage()
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] })
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.on('pageerror', ({ message }) => troubles.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    await page.addInitScript(growEars)
    await page.goto(served.address)
    await state('ready')
  })

  afterAll(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
  })

  it('speaks what is typed: sound, a moving face, captions in step, and the measures of it', async () => {
    await say('Hello there. How do you do?')
    await state('speaking')
    await sound()
    const before = await face()
    await expect.poll(face, PATIENT).not.toBe(before)
    await expect.poll(() => page.innerText('#caption'), PATIENT).toContain('How do you do')
    expect(await page.innerText('#announcer')).toContain('How do you do')
    await state('ready')
    expect(await page.inputValue('#words')).toBe('')
    for (const row of [1, 2, 4]) expect(await measure(row)).toMatch(/^−?\d+ ms$/)
    expect(await page.innerText('#realtime')).toMatch(/Speech\s+\d/)
  })

  it('is silent when Escape is pressed, says how fast, and the face comes to rest', async () => {
    await say(LONG)
    await sound()
    await expect.poll(() => page.innerText('#caption'), PATIENT).toContain('One')
    await page.keyboard.press('Escape')
    await state('ready')
    await expect.poll(() => measure(3), PATIENT).toMatch(/^\d+ ms$/)
    await expect.poll(level, PATIENT).toBe(0)
    expect(await page.innerText('#caption')).toContain('—')
    expect(await page.isDisabled('#interrupt')).toBe(true)
    await page.waitForTimeout(400)
    const resting = await face()
    await page.waitForTimeout(300)
    expect(await face()).toBe(resting)
    expect(await level()).toBe(0)
  })

  it('lets new words take the place of old ones', async () => {
    await say(LONG)
    await sound()
    await say('Enough.')
    await expect.poll(() => page.innerText('#caption'), PATIENT).toBe('Enough.')
    await state('ready')
  })

  it('tells what cannot be said, and goes on', async () => {
    await say('!!!')
    await expect.poll(() => page.innerText('#problem'), PATIENT).toContain('letter')
    await say('All is well.')
    await state('speaking')
    expect(await page.isVisible('#problem')).toBe(false)
    await state('ready')
  })

  it('speaks Chinese when asked to, and remembers it', async () => {
    await page.click('#language')
    expect(await page.innerText('#speak')).toBe('说')
    expect(await page.getAttribute('html', 'lang')).toBe('zh')
    await page.reload()
    await state('ready')
    expect(await page.getAttribute('#words', 'placeholder')).toMatch(/\p{Script=Han}/u)
    await page.click('#language')
  })

  it('connects again when the connection breaks, and speaks again', async () => {
    await served.breakConnections()
    await state('lost')
    await state('ready')
    await say('Here I am again.')
    await sound()
    await state('ready')
  })

  it.each([
    [1280, 800],
    [390, 844],
  ])('fits a screen of %i × %i', async (width, height) => {
    await page.setViewportSize({ width, height })
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    )
    expect(
      await page.locator('#composer').evaluate((form) => form.getBoundingClientRect().bottom),
    ).toBeLessThan(height)
  })

  it('has nothing in it that the browser complains of', () => {
    // A connection that was broken on purpose is told of by Chromium.
    expect(troubles.filter((text) => !text.includes('WebSocket connection'))).toEqual([])
  })
})

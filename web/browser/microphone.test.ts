import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wavHeader, WAV_HEADER_BYTES } from '../../src/media/wav.js'
import { CHROMIUM, launch, PageDriver, PATIENT, SLOW } from './page-driver.js'
import { servedPage, type ServedPage } from './served-page.js'

const SPEECH = new URL('../../test/media/speech-en-3s.wav', import.meta.url)
/** Bytes of five seconds in that file. */
const PAUSE = 5 * 2 * 16_000
const LONG = 'One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen.'

/** Stands in for the browser's recognition: the test says what was heard. */
function recogniseByHand(): void {
  class Recogniser {
    start(): void {
      Object.assign(globalThis, { recogniser: this })
    }
    abort(): void {}
  }
  Object.assign(globalThis, { SpeechRecognition: Recogniser })
}

/** Somebody says something, as the browser hears it. */
function hear(driver: PageDriver, transcript: string): Promise<void> {
  return driver.page.evaluate((text) => {
    interface Heard {
      onspeechstart(): void
      onresult(event: object): void
    }
    const { recogniser } = globalThis as unknown as { recogniser: Heard }
    recogniser.onspeechstart()
    const result = Object.assign([{ transcript: text }], { isFinal: true })
    recogniser.onresult({ resultIndex: 0, results: [result] })
  }, transcript)
}

/** What somebody says who then waits for the answer. */
async function writeSpeech(path: string): Promise<void> {
  const said = (await readFile(SPEECH)).subarray(WAV_HEADER_BYTES)
  const pause = Buffer.alloc(PAUSE)
  await writeFile(path, Buffer.concat([wavHeader(16_000, said.length + PAUSE), said, pause]))
}

/** As long as it may take to be broken into. */
const ENDLESS = `${LONG.repeat(5)} The end.`

const NEEDS = '(needs Chromium in /usr/bin)'

describe.skipIf(CHROMIUM === undefined)(`the microphone, on a server that writes down ${NEEDS}`, SLOW, () => {
  let folder: string
  let served: ServedPage
  let browser: Browser

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-microphone-'))
    const speech = join(folder, 'speech.wav')
    await writeSpeech(speech)
    const transcriber = { name: 'wizard', transcribe: () => Promise.resolve('Who are you?') }
    served = await servedPage({ transcriber })
    browser = await launch(speech)
  }, SLOW.timeout)

  afterAll(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('breaks in on the face, and is answered', async () => {
    const driver = await PageDriver.open(browser, served.address)
    const { page } = driver
    await driver.say(ENDLESS)
    await driver.sound()
    await page.click('#microphone')
    await page.waitForSelector('#microphone[data-state=hearing]')
    await driver.reads('#dialogue-rows', 'Who are you?')
    await page.click('#microphone')
    await page.waitForSelector('#microphone[data-state=off]')
    expect(await page.isVisible('#hearing')).toBe(false)
    await driver.reads('#dialogue-rows', /demonstration/)
    expect(await page.innerText('#dialogue-rows')).not.toContain('The end')
  })
})

describe.skipIf(CHROMIUM === undefined)(`the microphone, on a server that does not ${NEEDS}`, SLOW, () => {
  let served: ServedPage
  let browser: Browser

  beforeAll(async () => {
    served = await servedPage()
    browser = await launch()
  }, SLOW.timeout)

  afterAll(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
  })

  it('is written down by the browser, but for what the face itself says', async () => {
    const driver = await PageDriver.open(browser, served.address, {}, recogniseByHand)
    const { page } = driver
    await page.click('#microphone')
    await page.waitForSelector('#microphone[data-state=listening]')
    expect(await page.innerText('#note')).toContain('Your browser writes down')
    await driver.say(LONG)
    await driver.sound()
    await hear(driver, 'One, two, three')
    await page.keyboard.press('Escape')
    await driver.silence()
    // Until the room has fallen silent, too.
    await expect
      .poll(async () => {
        await hear(driver, 'Tell me a joke.')
        return page.locator('#dialogue-rows [data-speaker=you]').count()
      }, PATIENT)
      .toBeGreaterThan(0)
    expect(await driver.lastSaid('you')).toBe('Tell me a joke.')
    await driver.sound()
  })

  it('is one, also when it was turned off and on again before the visitor allowed it', async () => {
    const driver = await PageDriver.open(browser, served.address)
    const { page } = driver
    const visitor = await page.evaluateHandle(() => {
      const devices = navigator.mediaDevices
      const open = devices.getUserMedia.bind(devices)
      const streams: MediaStream[] = []
      let allow = (): void => undefined
      const allowed = new Promise<void>((resolve) => (allow = resolve))
      devices.getUserMedia = async (wanted) => {
        await allowed
        const stream = await open(wanted)
        streams.push(stream)
        return stream
      }
      return { streams, allow: () => allow() }
    })
    for (let click = 0; click < 3; click += 1) await page.click('#microphone')
    await visitor.evaluate(({ allow }) => allow())
    await page.waitForSelector('#microphone[data-state=listening]')
    const live = () =>
      visitor.evaluate(({ streams }) => [streams.length, streams.filter(({ active }) => active).length])
    await expect.poll(live, PATIENT).toEqual([2, 1])
    await page.context().close()
  })

  it('says why it cannot be used', async () => {
    const driver = await PageDriver.open(browser, served.address)
    const { page } = driver
    for (const [name, note] of [
      ['NotAllowedError', /not allowed/],
      ['NotFoundError', /No microphone/],
      [undefined, /HTTPS/],
    ] as const) {
      await page.evaluate((error) => {
        const getUserMedia = () => Promise.reject(new DOMException('', error))
        const value = error === undefined ? undefined : { getUserMedia }
        Object.defineProperty(navigator, 'mediaDevices', { value, configurable: true })
      }, name)
      await page.click('#microphone')
      await driver.reads('#note', note)
      expect(await page.getAttribute('#microphone', 'aria-pressed')).toBe('false')
    }
  })
})

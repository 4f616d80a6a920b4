import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeAudio, readClip } from '../../test/media/encode-audio.js'
import { CHROMIUM, launch, PageDriver, PATIENT, SLOW } from './page-driver.js'
import { servedPage, type ServedPage } from './served-page.js'

const PORTRAIT = fileURLToPath(new URL('../../test/media/portrait-astronaut.png', import.meta.url))
const NAME = 'portrait-astronaut'

/** Mean difference of colours, 0–255, beyond which two pictures show different people; a face that moves stays below. */
const SOMEBODY_ELSE = 25

describe.skipIf(CHROMIUM === undefined)('faces and films (needs Chromium in /usr/bin)', SLOW, () => {
  let folder: string
  let served: ServedPage
  let browser: Browser
  let driver: PageDriver
  let page: Page

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-faces-'))
    served = await servedPage()
    browser = await launch()
    driver = await PageDriver.open(browser, served.address)
    page = driver.page
    await driver.say('Hi.')
    await page.waitForSelector('#face', { state: 'visible' })
    await driver.state('ready')
  }, SLOW.timeout)

  afterAll(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const chosen = () => page.innerText('.face:has(input:checked) span')

  /** The colours of the stage's picture, a few of them. */
  const colours = () =>
    page.evaluate(() => {
      const few = new OffscreenCanvas(16, 16).getContext('2d')!
      few.drawImage(document.querySelector<HTMLCanvasElement>('#face')!, 0, 0, 16, 16)
      return [...few.getImageData(0, 0, 16, 16).data]
    })

  const differs = async (before: readonly number[]): Promise<boolean> => {
    const now = await colours()
    const sum = now.reduce((total, value, i) => total + Math.abs(value - before[i]!), 0)
    return sum / now.length > SOMEBODY_ELSE
  }

  /** Remembers what is said of the work that goes on in an element. */
  const remember = async (selector: string): Promise<() => Promise<string[]>> => {
    const said = await page.evaluateHandle((wanted) => {
      const texts: string[] = []
      const listen = (records: MutationRecord[]): void => {
        for (const { addedNodes } of records)
          texts.push(...[...addedNodes].map((node) => node.textContent ?? ''))
      }
      new MutationObserver(listen).observe(document.querySelector(wanted)!, {
        childList: true,
        subtree: true,
      })
      return texts
    }, selector)
    return () => said.jsonValue()
  }

  it('makes a face of a photo, tells how far it is, and speaks with it at once', async () => {
    await expect.poll(chosen, PATIENT).toBe('Drawn')
    const before = await colours()
    const said = await remember('#face-progress')
    await page.setInputFiles('#face-file', PORTRAIT)
    await expect.poll(chosen, PATIENT).toBe(NAME)
    expect(await said()).toEqual(expect.arrayContaining(['Reading the photo', 'Looking for the face']))
    expect(await page.isVisible('#face-progress')).toBe(false)
    await driver.say('Hello there.')
    await driver.sound()
    await expect.poll(() => differs(before), PATIENT).toBe(true)
    await driver.move()
    await driver.state('ready')
  })

  it('takes a file that is dropped, and says what is wrong with it', async () => {
    const dataTransfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['These are words, and no face.'], 'words.png', { type: 'image/png' }))
      return transfer
    })
    await page.dispatchEvent('#gallery', 'dragenter', { dataTransfer })
    expect(await page.getAttribute('#gallery', 'class')).toBe('dropping')
    await page.dispatchEvent('#gallery', 'drop', { dataTransfer })
    expect(await page.getAttribute('#gallery', 'class')).toBe('')
    await driver.reads('#face-problem', /not a video file.*text/)
    expect(await chosen()).toBe(NAME)
  })

  it('gives an upload up when told to', async () => {
    await page.route('**/v1/avatars', (route) =>
      route.request().method() === 'POST' ? undefined : route.continue(),
    )
    await page.setInputFiles('#face-file', PORTRAIT)
    await page.click('#face-progress button')
    await page.waitForSelector('#face-progress', { state: 'hidden' })
    expect(await page.isVisible('#face-problem')).toBe(false)
    expect(await page.isEnabled('#add-face')).toBe(true)
    await page.unroute('**/v1/avatars')
    expect(await page.locator('.face').count()).toBe(2)
  })

  it('makes a film of the chosen face and some words, which plays and can be kept', async () => {
    await page.click('#film summary')
    await page.fill('#film-words', 'This is a film.')
    await page.selectOption('#film-emotion', 'happy')
    const said = await remember('#film-progress')
    await page.click('#film-make')
    await page.waitForSelector('#film-result', { state: 'visible' })
    expect(await said()).toEqual(expect.arrayContaining(['Speaking the words', 'Uploading']))
    const video = page.locator('#film-video')
    await video.evaluate((film: HTMLVideoElement) => film.play())
    const played = () => video.evaluate((film: HTMLVideoElement) => film.currentTime)
    await expect.poll(played, PATIENT).toBeGreaterThan(0.2)
    expect(await video.evaluate((film: HTMLVideoElement) => film.videoHeight)).toBe(512)
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#film-download')])
    expect(download.suggestedFilename()).toMatch(/\.mp4$/)
  })

  it('makes a film of a photo and a recording in formats that the server does not take', async () => {
    const photo = await sharp(PORTRAIT).webp().toBuffer()
    const recording = join(folder, 'recording.flac')
    const second = (await readClip('speech-en-3s')).subarray(0, 16_000)
    await encodeAudio(recording, second, { container: 'flac', encoder: 'flac', sampleRate: 16_000 })
    await page.check('input[name=film-face][value=photo]')
    await page.setInputFiles('#film-photo', { name: 'photo.webp', mimeType: 'image/webp', buffer: photo })
    await page.check('input[name=film-sound][value=recording]')
    await page.setInputFiles('#film-recording', recording)
    const shown = await page.getAttribute('#film-video', 'src')
    await page.click('#film-make')
    await expect.poll(() => page.getAttribute('#film-video', 'src'), PATIENT).not.toBe(shown)
    const length = () => page.locator('#film-video').evaluate((film: HTMLVideoElement) => film.duration)
    await expect.poll(length, PATIENT).toBeCloseTo(1, 0)
  })

  it('gives a film up when told to', async () => {
    await page.check('input[name=film-sound][value=words]')
    await page.fill('#film-words', 'A film that nobody waits for. '.repeat(20))
    await page.click('#film-make')
    await driver.reads('#film-progress', /Making the film/)
    const givenUp = page.waitForResponse((answer) => answer.url().endsWith('/cancel'))
    await page.click('#film-progress button')
    expect((await givenUp).status()).toBe(200)
    await page.waitForSelector('#film-progress', { state: 'hidden' })
    expect(await page.isEnabled('#film-make')).toBe(true)
    expect(await page.isVisible('#film-problem')).toBe(false)
  })

  it('is used by keyboard, and removes a face after asking', async () => {
    const withPhoto = await colours()
    await page.focus('.face input:checked')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(chosen, PATIENT).toBe('Drawn')
    await driver.say('Hi.')
    await expect.poll(() => differs(withPhoto), PATIENT).toBe(true)
    const remove = page.getByRole('button', { name: `Remove ${NAME}` })
    await remove.focus()
    await page.keyboard.press('Enter')
    await driver.reads('#removal-question', new RegExp(NAME))
    await page.keyboard.press('Escape')
    await page.waitForSelector('#removal', { state: 'hidden' })
    expect(await page.locator('.face').count()).toBe(2)
    await remove.click()
    await page.click('#removal-confirm')
    await expect.poll(() => page.locator('.face').count(), PATIENT).toBe(1)
  })

  it('has nothing in it that the browser complains of', () => {
    // The answer to the file that was wrong.
    expect(driver.troubles.filter((text) => !text.includes('status of 400'))).toEqual([])
  })
})

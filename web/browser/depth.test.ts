import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launch, PageDriver, PATIENT, SLOW } from './page-driver.js'
import { servedPage, type ServedPage } from './served-page.js'

/** WebGL without a graphics card. */
const IN_SOFTWARE = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
const WITHOUT_3D = ['--disable-3d-apis']

/** Half a minute and more: a screenshot may take seconds on a busy machine, and a mouth is not always open. */
const OPEN_MOUTHS = 'Ah, oh, ah, our father. '.repeat(30)
/** The kind of packet that is a picture, and where packets have their kind and turn: see docs/protocol.md. */
const FRAME = 2
const KIND_AT = 1
const TURN_AT = 4

/** Where the built-in face's mouth is, in shares of the picture; lips are looked for further aside, for a head that turns. */
const MOUTH = { left: 0.43, right: 0.57, top: 0.54, bottom: 0.66, aside: 0.06 }

/** What is seen of the mouth: its opening, as the share of what is dark, and where the lips are, 0–1 across. */
interface Mouth {
  readonly dark: number
  readonly lips: number
}

describe.skipIf(CHROMIUM === undefined)('the head in 3D (needs Chromium in /usr/bin)', SLOW, () => {
  let served: ServedPage
  const browsers: Browser[] = []

  beforeAll(async () => {
    served = await servedPage()
  }, SLOW.timeout)

  afterAll(async () => {
    for (const browser of browsers) await browser.close()
    await served[Symbol.asyncDispose]()
  })

  const open = async (flags: readonly string[]): Promise<PageDriver> => {
    const browser = await launch(undefined, flags)
    browsers.push(browser)
    return PageDriver.open(browser, served.address)
  }

  const look = async ({ page }: PageDriver): Promise<Mouth> => {
    const { data, info } = await sharp(await page.locator('#head').screenshot())
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const across = (share: number): number => Math.round(share * width)
    let dark = 0
    let seen = 0
    let lips = 0
    let sum = 0
    for (let y = Math.round(MOUTH.top * height); y < MOUTH.bottom * height; y += 1) {
      for (let x = across(MOUTH.left - MOUTH.aside); x < across(MOUTH.right + MOUTH.aside); x += 1) {
        const at = (y * width + x) * 3
        const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!]
        if (x >= across(MOUTH.left) && x < across(MOUTH.right)) {
          seen += 1
          if (red + green + blue < 200) dark += 1
        }
        // Lips are red without being yellow, as skin and hair are.
        if (red < 120 || red - green < 50 || blue < green - 5) continue
        lips += 1
        sum += x / width
      }
    }
    return { dark: dark / seen, lips: sum / lips }
  }

  it('is drawn by the page itself: it speaks, and turns with the arrow keys', async () => {
    const driver = await open(IN_SOFTWARE)
    const { page } = driver
    let pictures = 0
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload === 'string' || payload[KIND_AT] !== FRAME) return
        // One of the time between turns may still be on its way.
        if (payload.readUInt32LE(TURN_AT) !== 0) pictures += 1
      })
    })
    await page.reload()
    await driver.state('ready')
    await page.click('#depth')
    await page.waitForSelector('#figure[data-view="3d"]')
    expect(await page.getAttribute('#depth', 'aria-pressed')).toBe('true')
    expect(await page.isVisible('#face')).toBe(false)
    await expect.poll(async () => (await look(driver)).dark, PATIENT).toBeLessThan(0.005)

    await driver.say(OPEN_MOUTHS)
    await driver.sound()
    await expect.poll(async () => (await look(driver)).dark, PATIENT).toBeGreaterThan(0.02)
    expect(pictures).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(async () => (await look(driver)).dark, PATIENT).toBeLessThan(0.005)

    const { lips } = await look(driver)
    await page.focus('#head')
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight')
    await expect.poll(async () => (await look(driver)).lips - lips, PATIENT).toBeGreaterThan(0.025)
    await page.keyboard.press('Home')
    await expect.poll(async () => Math.abs((await look(driver)).lips - lips), PATIENT).toBeLessThan(0.02)

    await page.click('#depth')
    await driver.say('Back again.')
    await page.waitForSelector('#face', { state: 'visible' })
    expect(await page.isVisible('#head')).toBe(false)
    expect(driver.troubles.filter((text) => !text.includes('GPU stall'))).toEqual([])
  })

  it('says so where the browser has no WebGL, and the pictures go on', async () => {
    const driver = await open(WITHOUT_3D)
    const { page } = driver
    await page.click('#depth')
    await driver.reads('#depth-status', 'There is no view in three dimensions')
    expect(await page.getAttribute('#depth', 'aria-pressed')).toBe('false')
    await driver.say('All is well.')
    await page.waitForSelector('#face', { state: 'visible' })
  })
})

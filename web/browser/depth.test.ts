import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launch, PageDriver, PATIENT } from './page-driver.js'
import { servedPage, type ServedPage } from './served-page.js'

/** WebGL without a graphics card. */
const IN_SOFTWARE = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
const WITHOUT_3D = ['--disable-3d-apis']

const OPEN_MOUTHS = 'Ah, oh, ah, our father. '.repeat(8)
/** A packet's kind and its number of the turn: see the client's protocol. */
const FRAME = 2

/** Where the built-in face's mouth is, in shares of the picture; lips are looked for further aside, for a head that turns. */
const MOUTH = { left: 0.43, right: 0.57, top: 0.54, bottom: 0.66, aside: 0.06 }

/** What is seen of the mouth: its opening, as the share of what is dark, and where the lips are, 0–1 across. */
interface Mouth {
  readonly dark: number
  readonly lips: number
}

/** A first start in software, on a machine that does other things as well, takes long. */
const SLOW = { ...PATIENT, timeout: 50_000 }

describe.skipIf(CHROMIUM === undefined)('the head in 3D (needs Chromium in /usr/bin)', () => {
  let served: ServedPage
  const browsers: Browser[] = []

  beforeAll(async () => {
    served = await servedPage()
  })

  afterAll(async () => {
    for (const browser of browsers) await browser.close()
    await served[Symbol.asyncDispose]()
  })

  const open = async (flags: readonly string[]): Promise<PageDriver> => {
    const browser = await launch(undefined, flags)
    browsers.push(browser)
    const driver = await PageDriver.open(browser, served.address)
    driver.page.setDefaultTimeout(SLOW.timeout)
    return driver
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
        if (typeof payload !== 'string' && payload[1] === FRAME) pictures += 1
      })
    })
    await page.reload()
    await driver.state('ready')
    await page.click('#depth')
    await page.waitForSelector('#figure[data-view="3d"]')
    expect(await page.getAttribute('#depth', 'aria-pressed')).toBe('true')
    expect(await page.isVisible('#face')).toBe(false)
    await expect.poll(async () => (await look(driver)).dark, SLOW).toBeLessThan(0.005)

    pictures = 0
    await driver.say(OPEN_MOUTHS)
    await driver.sound()
    await expect.poll(async () => (await look(driver)).dark, SLOW).toBeGreaterThan(0.02)
    expect(pictures).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(async () => (await look(driver)).dark, SLOW).toBeLessThan(0.005)

    const { lips } = await look(driver)
    await page.focus('#head')
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight')
    await expect.poll(async () => (await look(driver)).lips - lips, SLOW).toBeGreaterThan(0.025)
    await page.keyboard.press('Home')
    await expect.poll(async () => Math.abs((await look(driver)).lips - lips), SLOW).toBeLessThan(0.02)

    await page.click('#depth')
    await driver.say('Back again.')
    await page.waitForSelector('#face', { state: 'visible' })
    expect(await page.isVisible('#head')).toBe(false)
    expect(driver.troubles.filter((text) => !text.includes('GPU stall'))).toEqual([])
  }, 180_000)

  it('says so where the browser has no WebGL, and the pictures go on', async () => {
    const driver = await open(WITHOUT_3D)
    const { page } = driver
    await page.click('#depth')
    await driver.reads('#depth-status', 'There is no view in three dimensions')
    expect(await page.getAttribute('#depth', 'aria-pressed')).toBe('false')
    await driver.say('All is well.')
    await page.waitForSelector('#face', { state: 'visible' })
  }, 120_000)
})

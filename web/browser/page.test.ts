import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launch, PageDriver, PATIENT, SLOW } from './page-driver.js'
import { servedPage, type ServedPage } from './served-page.js'

const LONG = 'One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen.'

describe.skipIf(CHROMIUM === undefined)('the page in a browser (needs Chromium in /usr/bin)', SLOW, () => {
  let served: ServedPage
  let browser: Browser
  let driver: PageDriver
  let page: Page

  beforeAll(async () => {
    served = await servedPage()
    browser = await launch()
    driver = await PageDriver.open(browser, served.address)
    page = driver.page
  }, SLOW.timeout)

  afterAll(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
  })

  it('shows a face that lives before a word is said', async () => {
    await page.waitForSelector('#face', { state: 'visible' })
    await driver.move()
    expect(await page.isVisible('#invitation')).toBe(false)
  })

  it('speaks what is typed: sound, a moving face, captions in step, and the measures of it', async () => {
    await driver.say('Hello there. How do you do?')
    await driver.state('speaking')
    await driver.sound()
    await driver.move()
    await driver.reads('#caption', /How do you do/)
    expect(await page.innerText('#announcer')).toContain('How do you do')
    await driver.state('ready')
    expect(await page.inputValue('#words')).toBe('')
    expect(await driver.lastSaid('face')).toBe('Hello there. How do you do?')
    for (const row of [1, 2, 4]) expect(await driver.measure(row)).toMatch(/^\d+ ms$/)
    expect(await page.innerText('#realtime')).toMatch(/Speech\s+\d/)
  })

  it('answers what is asked, says who answers, and writes down both sides', async () => {
    expect(await page.innerText('#answers')).toContain('built-in script')
    await driver.mode('ask')
    await driver.send('What is your name?')
    await driver.sound()
    expect(await driver.lastSaid('you')).toBe('What is your name?')
    await driver.state('ready')
    expect(await driver.lastSaid('face')).toContain('I have no name of my own')
    expect(await driver.measure(1)).toMatch(/^\d+ ms$/)
  })

  it('is silent when Escape is pressed, keeps what was heard, and the face lives on', async () => {
    await driver.say(LONG)
    await driver.sound()
    await driver.hears(/three/)
    await page.keyboard.press('Escape')
    await driver.state('ready')
    await expect.poll(() => driver.measure(3), PATIENT).toMatch(/^\d+ ms$/)
    await driver.silence()
    expect(await page.innerText('#caption')).toContain('—')
    await expect.poll(() => driver.lastSaid('face'), PATIENT).toMatch(/—$/)
    expect(await driver.lastSaid('face')).not.toContain('fourteen')
    expect(await page.isDisabled('#interrupt')).toBe(true)
    await driver.move()
    expect(await driver.level()).toBe(0)
  })

  it('lets new words take the place of old ones', async () => {
    await driver.say(LONG)
    await driver.sound()
    await driver.say('Enough.')
    await expect.poll(() => page.innerText('#caption'), PATIENT).toBe('Enough.')
    await driver.state('ready')
  })

  it('tells what cannot be said, and goes on', async () => {
    await driver.say('!!!')
    await driver.reads('#problem', /letter/)
    await driver.say('All is well.')
    await driver.state('speaking')
    expect(await page.isVisible('#problem')).toBe(false)
    await driver.state('ready')
  })

  it('shows the settings of the server, and changes the picture while it speaks', async () => {
    const width = () => page.locator('#face').evaluate((canvas) => (canvas as HTMLCanvasElement).width)
    expect(await page.isChecked('#sizes label:nth-child(1) input')).toBe(true)
    expect(await width()).toBe(256)
    await driver.say(LONG)
    await driver.sound()
    await page.check('#sizes label:nth-child(2) input')
    await expect.poll(width, PATIENT).toBe(512)
    await page.keyboard.press('Escape')
    await page.check('#sizes label:nth-child(1) input')
    await expect.poll(width, PATIENT).toBe(256)
  })

  it('keeps what is said as a film', async () => {
    await page.click('#record')
    await driver.reads('#recording', 'Recording')
    await driver.say('This is kept.')
    await driver.sound()
    await driver.state('ready')
    await page.click('#record')
    const address = await page.getAttribute('#recording a', 'href')
    const film = await (await fetch(address!)).arrayBuffer()
    expect(Buffer.from(film).subarray(4, 8).toString('latin1')).toBe('ftyp')
  })

  it('speaks Chinese when asked to, and remembers it', async () => {
    await driver.mode('say')
    await page.click('#language')
    expect(await page.innerText('#speak')).toBe('朗读')
    expect(await page.getAttribute('html', 'lang')).toBe('zh')
    await page.reload()
    await driver.state('ready')
    expect(await page.getAttribute('#words', 'placeholder')).toMatch(/\p{Script=Han}/u)
    await page.click('#language')
  })

  it('goes on with what it says when the connection breaks', async () => {
    await driver.say(LONG)
    await driver.sound()
    const states = await driver.states()
    served.dropConnections()
    await driver.reads('#caption', /fourteen/)
    await driver.state('ready')
    expect(await driver.lastSaid('face')).toBe(LONG)
    expect(await states()).toEqual(['resuming', 'speaking', 'ready'])
  })

  it('begins anew when the server has ended the conversation', async () => {
    const states = await driver.states()
    await served.breakConnections()
    await expect.poll(states, PATIENT).toContain('lost')
    await driver.state('ready')
    await driver.say('Here I am again.')
    await driver.sound()
    await driver.state('ready')
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
    expect(driver.troubles.filter((text) => !text.includes('WebSocket connection'))).toEqual([])
  })

  it.each([
    ['an audio worklet', 'AudioWorkletNode', /^$/],
    ['any sound', 'AudioContext', /no AudioContext/],
  ])('speaks in a browser without %s', async (_what, missing, problem) => {
    const script =
      missing === 'AudioContext'
        ? () => void Reflect.deleteProperty(globalThis, 'AudioContext')
        : () => void Reflect.deleteProperty(globalThis, 'AudioWorkletNode')
    const other = await PageDriver.open(browser, served.address, {}, script)
    await other.say('It works all the same. In step, too.')
    if (missing !== 'AudioContext') await other.sound()
    await other.move()
    await other.reads('#caption', /In step/)
    await other.state('ready')
    expect(await other.page.innerText('#problem')).toMatch(problem)
    await other.say(LONG)
    await other.hears(/One/)
    await other.page.keyboard.press('Escape')
    await other.state('ready')
    if (missing !== 'AudioContext') await other.silence()
    await other.page.context().close()
  })
})

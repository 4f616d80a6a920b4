/** Pages in a headless Chromium, driven over its DevTools protocol. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { LOGGING, type Page } from './page.js'

/** The browser: PHIZ_TEST_CHROMIUM. */
export const chromium: string | undefined = process.env['PHIZ_TEST_CHROMIUM']

/** The title of a test that needs the browser, saying so where it is skipped. */
export function chromiumTitle(title: string): string {
  return chromium === undefined ? `${title} (skipped: PHIZ_TEST_CHROMIUM is not set)` : title
}

export interface Browser {
  /** Opens a page of this HTML, served by this machine. */
  open(html: string): Promise<Page>
  close(): Promise<void>
}

/** A page whose only content is an element for pictures and a client's script. */
export function pageOf(script: string): string {
  const image = '<img id="avatar"><img id="videoStream">'
  return `<!DOCTYPE html><meta charset="utf-8"><body>${image}<script>${LOGGING}</script><script>${script}</script>`
}

interface Reply {
  readonly id?: number
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'phiz-chromium-'))
  const child = spawn(chromium!, [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
    ...['--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
  ])
  const ended = once(child, 'close')
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const match = /^DevTools listening on (\S+)$/m.exec(said)
      if (match !== null) resolve(match[1]!)
    })
    void ended.then(() => {
      reject(new Error(`Chromium ended before it could be driven: ${said}`))
    })
    child.once('error', reject)
  })
  const tools = new WebSocket(address)
  await once(tools, 'open')
  const waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >()
  tools.on('message', (data: Buffer) => {
    const { id, result, error } = JSON.parse(data.toString()) as Reply
    if (id === undefined) return
    if (error === undefined) waiting.get(id)?.resolve(result ?? {})
    else waiting.get(id)?.reject(new Error(error.message))
    waiting.delete(id)
  })
  let asked = 0
  const ask = (method: string, params: object, sessionId?: unknown): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      asked += 1
      waiting.set(asked, { resolve, reject })
      tools.send(JSON.stringify({ id: asked, method, params, sessionId }))
    })

  const pages = new Map<string, string>()
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(pages.get(request.url ?? '') ?? '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const visit = async (url: string): Promise<Page> => {
    const { targetId } = await ask('Target.createTarget', { url })
    const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true })
    const evaluate = async (expression: string): Promise<unknown> => {
      const params = { expression, awaitPromise: true, returnByValue: true }
      const { result, exceptionDetails } = await ask('Runtime.evaluate', params, sessionId)
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
      return (result as { value?: unknown }).value
    }
    // Its scripts have run; a picture that is a stream never ends to load.
    while (
      (await evaluate(`location.href !== 'about:blank' && document.readyState !== 'loading'`)) !== true
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return {
      evaluate,
      close: async () => {
        await ask('Target.closeTarget', { targetId })
      },
    }
  }
  return {
    open: (html) => {
      const path = `/${pages.size}`
      pages.set(path, html)
      return visit(`http://127.0.0.1:${port}${path}`)
    },
    close: async () => {
      tools.terminate()
      child.kill('SIGKILL')
      await ended
      server.closeAllConnections()
      server.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

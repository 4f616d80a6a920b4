import { createContext, runInContext } from 'node:vm'
import { WebSocket } from 'ws'
import { LOGGING, type Page } from './page.js'

/** An element of a page that draws nothing: it keeps what is set. */
interface Element {
  src?: string
}

/** A WebSocket that gives binary messages as a Blob, as browsers do. */
class BrowserWebSocket extends WebSocket {
  override binaryType = 'blob' as 'nodebuffer'
}

/**
 * Runs a page's script without a browser: WebSocket, fetch, Blob and object URLs are real, and pictures are elements
 * that keep their `src`.
 */
export function openScriptPage(script: string): Page {
  const images = new Map<string, Element>()
  const appended: Element[] = []
  const sockets: WebSocket[] = []
  const context = createContext({
    WebSocket: class extends BrowserWebSocket {
      constructor(address: string) {
        super(address)
        sockets.push(this)
      }
    },
    Blob,
    URL,
    fetch,
    console: {},
    document: {
      images: appended,
      createElement: (): Element => ({}),
      getElementById: (id: string): Element => {
        let image = images.get(id)
        if (image === undefined) images.set(id, (image = {}))
        return image
      },
      body: { appendChild: (element: Element) => appended.push(element) },
    },
  })
  runInContext(`${LOGGING}\n${script}`, context)
  return {
    // Through JSON, so that values of the page's own realm compare with those of this one.
    evaluate: async (text) =>
      JSON.parse(JSON.stringify((await runInContext(text, context)) ?? null)) as unknown,
    close: async () => {
      for (const socket of sockets) socket.terminate()
    },
  }
}

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { CancelledError } from '../errors.js'
import { accessBy } from './access.js'
import { attachSockets, type Socket, type SocketOptions } from './socket.js'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Serves `handle` at `/` and gives the address and the way to stop. */
async function serve(
  handle: (socket: Socket) => Promise<void>,
  options: SocketOptions = {},
): Promise<{ url: string; server: Server; close: () => Promise<void> }> {
  const server = createServer((_, response) => response.end('plain'))
  const sockets = attachSockets(server, { '/': { maxMessageBytes: 1000, handle } }, options)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    await sockets.close()
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    server,
    close: () => sockets.close(),
  }
}

async function open(url: string, options: object = {}): Promise<WebSocket> {
  const client = new WebSocket(url, options)
  closers.push(() => {
    client.terminate()
  })
  await once(client, 'open')
  return client
}

const forever = async (socket: Socket): Promise<void> => {
  const messages = socket.messages()[Symbol.asyncIterator]()
  while ((await messages.next()).done !== true);
}

/** A deferred result of a route. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}

describe('attachSockets', () => {
  it('hands text and bytes over in order, both ways, and closes when the route is done', async () => {
    const { url } = await serve(async (socket) => {
      for await (const message of socket.messages()) {
        if (message.kind === 'bytes') await socket.sendBytes(message.bytes)
        else if (message.text === 'end') return
        else await socket.sendText(message.text.toUpperCase())
      }
    })
    const client = await open(url)
    const got: unknown[] = []
    client.on('message', (data: Buffer, isBinary) => got.push(isBinary ? [...data] : data.toString()))
    for (const message of ['wörld', Buffer.from([1, 2]), 'b', 'end', 'too late']) client.send(message)
    const [code] = (await once(client, 'close')) as [number]
    expect(got).toEqual(['WÖRLD', [1, 2], 'B'])
    expect(code).toBe(1000)
  })

  it('answers unknown paths, foreign pages and too many connections, and takes no harm', async () => {
    const { url } = await serve(forever, {
      maxConnections: 1,
      access: accessBy({ origins: 'http://good.example', apiKey: '' }),
    })
    const refusal = async (address: string, options: object = {}): Promise<string> => {
      const [error] = (await once(new WebSocket(address, options), 'error')) as [Error]
      return error.message
    }
    expect(await refusal(`${url}nowhere`)).toMatch('404')
    expect(await refusal(url, { origin: 'http://bad.example' })).toMatch('403')
    const first = await open(`${url}?a=b`, { origin: 'http://good.example' })
    expect(await refusal(url)).toMatch('503')
    first.close()
    await once(first, 'close')
    await open(url)
    expect(await (await fetch(url.replace('ws', 'http'))).text()).toBe('plain')
  })

  it('makes a sender wait for a peer that does not read, and lets it go when the peer leaves', async () => {
    const report = later<{ sent: number; settled: boolean; error: unknown }>()
    const chunk = new Uint8Array(1 << 20)
    const stuck = later<undefined>()
    const { url } = await serve(async (socket) => {
      let sent = 0
      let settled = true
      try {
        for (;;) {
          settled = false
          const wait = setTimeout(() => {
            stuck.resolve(undefined)
          }, 300)
          await socket.sendBytes(chunk).finally(() => {
            clearTimeout(wait)
          })
          settled = true
          sent += 1
        }
      } catch (error) {
        report.resolve({ sent, settled, error })
      }
    })
    const client = await open(url)
    client.pause()
    await stuck.promise
    client.terminate()
    const { sent, settled, error } = await report.promise
    // What the two kernels buffer; never the hundreds that an unbounded queue would take.
    expect(sent).toBeLessThan(32)
    expect(settled).toBe(false)
    expect(error).toBeInstanceOf(CancelledError)
  })

  it('stops reading while nobody takes', async () => {
    const gate = later<undefined>()
    const taken = later<number>()
    const { url } = await serve(async (socket) => {
      await gate.promise
      let count = 0
      for await (const message of socket.messages()) {
        count += message.kind === 'bytes' ? 1 : 0
        if (count === 40_000) break
      }
      taken.resolve(count)
    })
    const client = await open(url)
    const message = Buffer.alloc(900)
    for (let index = 0; index < 40_000; index++) client.send(message)
    await new Promise((resolve) => setTimeout(resolve, 300))
    // 36 MB were sent; most of them have not left the client.
    expect(client.bufferedAmount).toBeGreaterThan(10_000_000)
    gate.resolve(undefined)
    expect(await taken.promise).toBe(40_000)
  })

  it('ends the messages and aborts the signal when the peer leaves', async () => {
    const end = later<boolean>()
    const { url } = await serve(async (socket) => {
      await forever(socket)
      end.resolve(socket.signal.aborted)
    })
    const client = await open(url)
    client.terminate()
    expect(await end.promise).toBe(true)
  })

  it('closes on messages that are too long or broken', async () => {
    const { url } = await serve(forever)
    const long = await open(url)
    long.send(Buffer.alloc(1001))
    expect((await once(long, 'close'))[0]).toBe(1009)

    const broken = await open(url)
    // A text frame, masked with zeros, that is not UTF-8.
    ;(broken as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(
      Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0xff),
    )
    expect((await once(broken, 'close'))[0]).toBe(1007)
  })

  it('drops a peer that answers no ping, and keeps one that does', async () => {
    const { url } = await serve(forever, { pingSeconds: 0.1 })
    const quiet = await open(url, { autoPong: false })
    const lively = await open(url)
    expect((await once(quiet, 'close'))[0]).toBe(1006)
    await once(lively, 'ping')
    await once(lively, 'ping')
    expect(lively.readyState).toBe(WebSocket.OPEN)
  })

  it('does not collect answers to the pings of a peer that does not read', async () => {
    const heard = later<undefined>()
    const { url } = await serve(async (socket) => {
      const blocked = socket.sendBytes(new Uint8Array(32 << 20))
      for await (const message of socket.messages()) if (message.kind === 'text') heard.resolve(undefined)
      await blocked
    })
    const client = await open(url)
    let pongs = 0
    client.on('pong', () => (pongs += 1))
    client.pause()
    for (let index = 0; index < 20_000; index++) client.ping()
    client.send('all of them')
    await heard.promise
    client.resume()
    await once(client, 'message')
    client.ping()
    await once(client, 'pong')
    expect(pongs).toBeLessThan(100)
  })

  it('tells of what a route throws, and says goodbye with 1011', async () => {
    const told: unknown[] = []
    const { url } = await serve(() => Promise.reject(new TypeError('a bug')), {
      onUnexpectedError: (error) => told.push(error),
    })
    const client = new WebSocket(url)
    expect((await once(client, 'close'))[0]).toBe(1011)
    expect(told).toMatchObject([{ message: 'a bug' }])
  })

  it('stops: routes end, peers see 1001, and peers that do not answer are cut', async () => {
    let ended = 0
    const { url, close } = await serve(async (socket) => {
      await forever(socket)
      expect(socket.signal.aborted).toBe(true)
      ended += 1
    })
    const polite = await open(url)
    const goodbye = once(polite, 'close')
    const deaf = await open(url)
    deaf.pause()
    await close()
    expect(ended).toBe(2)
    expect((await goodbye)[0]).toBe(1001)
  })

  it('survives connections that are reset in the middle of the handshake', async () => {
    const { url, server } = await serve(forever)
    const { port } = server.address() as AddressInfo
    for (let index = 0; index < 50; index++) {
      const raw = connect(port, '127.0.0.1')
      await once(raw, 'connect')
      raw.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n')
      if (index % 2 === 0) raw.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: test\r\n\r\n')
      raw.resetAndDestroy()
    }
    await open(url)
  })
})

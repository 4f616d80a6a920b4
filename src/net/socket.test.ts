import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { remoteAddress, type RemoteServer } from './server.js'
import { connectSocket } from './socket.js'

const sockets: Socket[] = []
let server: Server | undefined
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server?.close()
})

/** A server that takes connections and says nothing. */
async function silentServer(timeoutMs: number): Promise<RemoteServer> {
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { does: 'speech', address: remoteAddress(`ws://127.0.0.1:${port}`), timeoutMs }
}

const LIMIT = { maxMessageBytes: 1024 }

it('gives up a connection that is being made when its signal aborts', async () => {
  const remote = await silentServer(10_000)
  const controller = new AbortController()
  const connecting = connectSocket(remote, { ...LIMIT, signal: controller.signal })
  const arrived = once(server!, 'connection')
  const reason = new Error('stopped')
  const outcome = expect(connecting).rejects.toBe(reason)
  await arrived
  const left = once(sockets[0]!, 'close')
  controller.abort(reason)
  await outcome
  await left
})

it('gives up a server that takes the connection and never answers, and says so', async () => {
  const remote = await silentServer(200)
  const { signal } = new AbortController()
  await expect(connectSocket(remote, { ...LIMIT, signal })).rejects.toThrow(
    /127\.0\.0\.1:\d+ does not answer/,
  )
})

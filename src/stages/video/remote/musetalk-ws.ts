import { z } from 'zod'
import { badAnswer, refusedBy, type RemoteServer } from '../../../net/server.js'
import { connectSocket } from '../../../net/socket.js'
import { MOST_PICTURE_BYTES } from './mjpeg.js'
import type { RemotePainter } from './painter.js'

const statusSchema = z.object({ error: z.string().optional(), status: z.string().optional() })

/**
 * A MuseTalk WebSocket server. Each file has a connection of its own: the server closes it when the work is complete,
 * and stops the work when it is closed.
 *
 * @param quality JPEG quality, 10–95
 */
export function musetalkSocket(server: RemoteServer, quality: number): RemotePainter {
  return {
    async *draw(path, _frames, signal) {
      const socket = await connectSocket(server, { signal, maxMessageBytes: MOST_PICTURE_BYTES })
      try {
        socket.send(JSON.stringify({ audio_path: path, options: { jpeg_quality: quality } }))
        for (;;) {
          const message = await socket.receive(signal)
          if (message.kind === 'bytes') yield message.bytes
          else if (isLast(message.text, server)) return
        }
      } finally {
        socket.cut()
      }
    },
  }
}

function isLast(text: string, server: RemoteServer): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw badAnswer(server, 'it sent a message that is none', error)
  }
  const { data } = statusSchema.safeParse(value)
  if (data === undefined) throw badAnswer(server, 'it sent a message that is none')
  if (data.error !== undefined) throw refusedBy(server, data.error)
  if (data.status?.startsWith('stopped') === true) throw refusedBy(server, 'the work was stopped')
  return data.status === 'completed'
}

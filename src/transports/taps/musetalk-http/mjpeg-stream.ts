import type { Viewer } from './frame-ring.js'
import { MJPEG_END } from '../../http/mjpeg.js'

/**
 * What a viewer is sent: a part for each frame, and the closing boundary. A frame is taken from the ring when the
 * connection has room for it, so that a viewer who stops reading is owed one frame and holds no more.
 *
 * @param signal aborts when the connection is gone; the viewer then leaves, whoever was to read the stream
 */
export function mjpegStream(viewer: Viewer, signal: AbortSignal): ReadableStream<Uint8Array> {
  const leave = (): void => {
    signal.removeEventListener('abort', leave)
    viewer.leave()
  }
  signal.addEventListener('abort', leave)
  if (signal.aborted) leave()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const part = await viewer.next()
        controller.enqueue(part ?? MJPEG_END)
        if (part !== undefined) return
        leave()
        controller.close()
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
}

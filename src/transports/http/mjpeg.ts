/** Motion JPEG as browsers show it in an `<img>`: `multipart/x-mixed-replace`, a picture a part. */

const BOUNDARY = 'frame'
const LINE_END = Buffer.from('\r\n')

export const MJPEG_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`

/** What follows the last part. */
export const MJPEG_END: Uint8Array = Buffer.from(`--${BOUNDARY}--\r\n`)

/** One picture as a part of the stream, boundary included, in a buffer of its own. */
export function mjpegPart(jpeg: Uint8Array): Uint8Array {
  const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), jpeg, LINE_END])
}

/** What the server's films take as a portrait. */
const TAKEN = new Set(['image/jpeg', 'image/png'])
const MOST_BYTES = 10 * 2 ** 20
/** Pixels of the longer side of a picture that is made smaller. */
const LONGER_SIDE = 2048
const QUALITY = 0.92

/**
 * A picture in a form that films take: as it is, or drawn anew as a JPEG where it is another format or too large.
 * @throws DOMException when the browser cannot read it
 */
export async function portraitFile(picture: Blob): Promise<Blob> {
  if (TAKEN.has(picture.type) && picture.size <= MOST_BYTES) return picture
  const bitmap = await createImageBitmap(picture)
  try {
    const scale = Math.min(1, LONGER_SIDE / Math.max(bitmap.width, bitmap.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (jpeg) => (jpeg === null ? reject(new DOMException('', 'EncodingError')) : resolve(jpeg)),
        'image/jpeg',
        QUALITY,
      )
    })
  } finally {
    bitmap.close()
  }
}

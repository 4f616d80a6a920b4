/** Which picture format a file is in, told from its first bytes alone. */

/** Formats that are decoded. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff'

/** Bytes that {@link recogniseFormat} looks at, at most. */
export const FORMAT_BYTES = 1024

/** Formats that are known but not decoded, with what to do instead. */
const REFUSED = {
  heic: 'is a HEIC picture, which cannot be read here; save it as JPEG',
  svg: 'is an SVG drawing, which can run scripts and load further files; save it as PNG or JPEG',
  bmp: 'is a BMP picture, which cannot be read here; save it as PNG or JPEG',
  jxl: 'is a JPEG XL picture, which cannot be read here; save it as JPEG',
  jp2: 'is a JPEG 2000 picture, which cannot be read here; save it as JPEG',
  psd: 'is a Photoshop document, which cannot be read here; save it as PNG or JPEG',
  pdf: 'is a PDF document, not a picture; save the picture in it as PNG or JPEG',
  video: 'is a video, not a picture',
  text: 'is text, not a picture; a JPEG, PNG, WebP, AVIF, GIF or TIFF file is expected',
  unknown: 'is not a picture that can be read; a JPEG, PNG, WebP, AVIF, GIF or TIFF file is expected',
} as const

/** A format to decode, or why the bytes are refused: the rest of a sentence that begins with the file's name. */
export type Recognised =
  { readonly format: PictureFormat } | { readonly kind: keyof typeof REFUSED; readonly refusal: string }

const SIGNATURES: readonly (readonly [signature: string, format: PictureFormat | keyof typeof REFUSED])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
  ['BM', 'bmp'],
  ['\xff\x0a', 'jxl'],
  ['\0\0\0\x0cJXL ', 'jxl'],
  ['\0\0\0\x0cjP  ', 'jp2'],
  ['\xff\x4f\xff\x51', 'jp2'],
  ['8BPS', 'psd'],
  ['%PDF', 'pdf'],
  ['\x1aE\xdf\xa3', 'video'],
]

/** Brands of the ISO base media format (ISO/IEC 23000-22, annex B) whose pictures are coded as HEVC. */
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']

/**
 * Recognises a format by its signature, so that a file's name and a decoder's own guess decide nothing.
 *
 * @param head - the first {@link FORMAT_BYTES} bytes of a file, or all of a shorter one.
 */
export function recogniseFormat(head: Uint8Array): Recognised {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, FORMAT_BYTES)).toString(
    'latin1',
  )
  const found = bySignature(text)
  return isRefused(found) ? { kind: found, refusal: REFUSED[found] } : { format: found }
}

function bySignature(text: string): PictureFormat | keyof typeof REFUSED {
  for (const [signature, format] of SIGNATURES) if (text.startsWith(signature)) return format
  if (text.startsWith('RIFF')) {
    const form = text.slice(8, 12)
    return form === 'WEBP' ? 'webp' : form === 'AVI ' ? 'video' : 'unknown'
  }
  if (text.slice(4, 8) === 'ftyp') return byBrands(text)
  if (/<svg[\s>]/i.test(text)) return 'svg'
  return isText(text) ? 'text' : 'unknown'
}

/** An AVIF may name a general brand first; what it is compatible with decides. */
function byBrands(text: string): PictureFormat | keyof typeof REFUSED {
  const brands = [text.slice(8, 12), ...(text.slice(16, text.charCodeAt(3) || 16).match(/.{4}/gs) ?? [])]
  if (brands.includes('avif') || brands.includes('avis')) return 'avif'
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? 'heic' : 'video'
}

/** No control characters but those of text. */
function isText(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
}

function isRefused(found: PictureFormat | keyof typeof REFUSED): found is keyof typeof REFUSED {
  return found in REFUSED
}

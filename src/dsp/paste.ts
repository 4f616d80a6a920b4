import { checkView, type Channels, type PixelView } from './pixel-view.js'

/**
 * Lays a picture over another through a mask, equal to Pillow's `Image.paste` with a mask of mode L, bit for bit:
 * t = under·(255 − m) + over·m + 128; (t + (t >> 8)) >> 8. What lies outside of the picture beneath is the caller's
 * to leave out.
 *
 * @param under changed where it lies
 * @param mask one channel: 0 keeps what is beneath, 255 takes what is above
 * @throws RangeError when a view does not hold width × height pixels
 */
export function paste(
  under: PixelView,
  over: PixelView,
  mask: PixelView,
  width: number,
  height: number,
  channels: Channels,
): void {
  checkView('picture beneath', under, width, height, channels)
  checkView('picture above', over, width, height, channels)
  checkView('mask', mask, width, height, 1)
  const pasteRow = channels === 3 ? pasteRow3 : pasteRow1
  for (let y = 0; y < height; y++) {
    pasteRow(
      under.data,
      under.offset + y * under.stride,
      over.data,
      over.offset + y * over.stride,
      mask.data,
      mask.offset + y * mask.stride,
      width,
    )
  }
}

function pasteRow1(
  under: Uint8Array,
  u: number,
  over: Uint8Array,
  o: number,
  mask: Uint8Array,
  m: number,
  width: number,
): void {
  for (const end = m + width; m < end; m++, u++, o++) under[u] = mix(under[u]!, over[o]!, mask[m]!)
}

function pasteRow3(
  under: Uint8Array,
  u: number,
  over: Uint8Array,
  o: number,
  mask: Uint8Array,
  m: number,
  width: number,
): void {
  for (const end = m + width; m < end; m++, u += 3, o += 3) {
    const share = mask[m]!
    if (share === 0) continue
    under[u] = mix(under[u]!, over[o]!, share)
    under[u + 1] = mix(under[u + 1]!, over[o + 1]!, share)
    under[u + 2] = mix(under[u + 2]!, over[o + 2]!, share)
  }
}

function mix(under: number, over: number, share: number): number {
  const t = under * (255 - share) + over * share + 128
  return (t + (t >> 8)) >> 8
}

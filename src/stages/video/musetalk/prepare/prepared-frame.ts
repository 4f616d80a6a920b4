import type { Box } from '../material/face-box.js'

/** Where a mask lies in its frame. */
export interface MaskPlace {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What a material keeps of one frame. */
export interface PreparedFrame {
  /** Frames of the material in all. */
  readonly count: number
  readonly fps: number
  /** Size of the frame in pixels. */
  readonly width: number
  readonly height: number
  /** What the model draws. */
  readonly box: Box
  readonly maskPlace: MaskPlace
  /** How much of the drawn face shows, 0–255, for each pixel of `maskPlace`. */
  readonly mask: Uint8Array<ArrayBuffer>
  /** 8 × 32 × 32 float16: the masked face, then the whole one. */
  readonly latents: Uint16Array<ArrayBuffer>
  /** The frame itself as PNG, where it is not one of a film. */
  readonly picture?: Uint8Array<ArrayBuffer>
}

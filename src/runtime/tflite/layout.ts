/** Between the layout of TFLite, channels last, and that of ONNX, channels first. */

/** A shape of four dimensions with its channels first; any other as it is. */
export function channelsFirst(shape: readonly number[]): readonly number[] {
  const [batch, height, width, channels] = shape
  return shape.length === 4 ? [batch!, channels!, height!, width!] : shape
}

/** Where the dimension `axis` of four is found when channels come first. */
export const AXIS_CHANNELS_FIRST: readonly number[] = [0, 2, 3, 1]

/**
 * [outer, positions, channels] → [outer, channels, positions]: `positions` stands for height × width.
 *
 * - Constants and the weights of a convolution: outer is the first dimension.
 * - The weights of a depthwise convolution, [1, height, width, channels]: outer is 1; [channels, 1, height, width]
 *   has the same elements.
 */
export function movedChannels(elements: Float32Array, outer: number, channels: number): Float32Array {
  const moved = new Float32Array(elements.length)
  const positions = elements.length / (outer * channels)
  let from = 0
  for (let o = 0; o < outer; o++) {
    const start = o * positions * channels
    for (let p = 0; p < positions; p++) {
      for (let c = 0; c < channels; c++) moved[start + c * positions + p] = elements[from++]!
    }
  }
  return moved
}

/** How a window moves along one dimension. */
export interface WindowMotion {
  readonly input: number
  readonly window: number
  readonly stride: number
  readonly dilation: number
}

/**
 * Zeros before and after one dimension with TFLite's padding "SAME": as many as give ⌈input / stride⌉ outputs, the odd
 * one at the end.
 */
export function samePadding({ input, window, stride, dilation }: WindowMotion): [number, number] {
  const outputs = Math.ceil(input / stride)
  const total = Math.max(0, (outputs - 1) * stride + (window - 1) * dilation + 1 - input)
  const before = total >> 1
  return [before, total - before]
}

import { smoothstep } from '../../../dsp/spline.js'
import type { Ink } from './ink.js'
import type { Palette } from './rig.js'

/** A row of teeth, from its middle outwards; lengths in centimetres. */
export interface TeethRow {
  /** Where each tooth ends. */
  readonly ends: readonly number[]
  /** How much each tooth is shorter than the longest. */
  readonly shorter: readonly number[]
  /** Half the width of the row, where it disappears in the cheek. */
  readonly reach: number
  readonly brightness: number
}

export const UPPER_ROW: TeethRow = {
  ends: [0.42, 0.76, 1.12, 1.47, 1.8, 2.3],
  shorter: [0, 0.02, 0.005, 0.04, 0.08, 0.12],
  reach: 2.3,
  brightness: 1,
}
export const LOWER_ROW: TeethRow = {
  ends: [0.27, 0.56, 0.9, 1.24, 1.6, 2],
  shorter: [0.02, 0.02, 0, 0.05, 0.1, 0.15],
  reach: 1.75,
  brightness: 0.76,
}

/** Where the rows end below the closed lips' seam, in centimetres of the skull and of the jaw. */
export const UPPER_EDGE = 0.2
export const LOWER_EDGE = 0.34

/** How the parts of a mouth stand to each other, in centimetres. */
export interface MouthState {
  /** How far the lower teeth have fallen. */
  drop: number
  /** How far the jaw has moved to the picture's right. */
  sideways: number
  /** How far lips that protrude hide the teeth. */
  hidden: number
  /** How far the tongue is out, 0–1. */
  tongue: number
  /** Size of a pixel. */
  pixel: number
}

/**
 * Colour at a point behind the lips, before the lips' shadow.
 *
 * @param px Centimetres to the picture's right of the skull's middle.
 * @param py Centimetres below the closed lips' seam.
 */
export function mouthColour(ink: Ink, palette: Palette, state: MouthState, px: number, py: number): void {
  const { cavity, tongue } = palette
  // Dark between the palate and the tongue, flesh towards the cheeks.
  const throat = smoothstep(0.3, 1.1, py) * smoothstep(1.6, 1.1, py - state.drop)
  const depth = 1 - 0.15 * smoothstep(0.2, 1.6, Math.abs(px)) - 0.3 * throat
  ink.set(cavity[0] * depth, cavity[1] * depth, cavity[2] * depth)

  const jawX = px - state.sideways
  const jawY = py - state.drop
  // The tongue's back: a broad dome behind the lower teeth with a shallow furrow.
  const distance = Math.hypot(jawX / 1.55, (jawY - 0.62 + 0.2 * state.tongue) / 0.95)
  const dome = smoothstep(1 + state.pixel, 0.94 - state.pixel, distance)
  if (dome > 0) {
    const furrow = 0.07 * Math.exp(-((jawX / 0.16) ** 2)) * smoothstep(1, 0.4, distance)
    ink.mix(tongue, 0.4 + 0.42 * smoothstep(1.05, 0.3, distance) - furrow, dome)
  }
  mixTeeth(ink, palette, LOWER_ROW, jawX, jawY - LOWER_EDGE - state.hidden, state)
  mixTeeth(ink, palette, UPPER_ROW, px, UPPER_EDGE - state.hidden - py, state)
}

/** Mixes in a row of teeth with its gum; `depth` counts from the row's edge towards its roots. */
export function mixTeeth(
  ink: Ink,
  { teeth, gum }: Palette,
  row: TeethRow,
  px: number,
  depth: number,
  { hidden, pixel }: MouthState,
): void {
  const across = Math.abs(px)
  if (across > row.reach || depth < -0.1) return
  let tooth = 0
  while (tooth < row.ends.length - 1 && across > row.ends[tooth]!) tooth++
  const from = tooth === 0 ? 0 : row.ends[tooth - 1]!
  const width = row.ends[tooth]! - from
  const t = (across - from) / width
  const side = Math.abs(2 * t - 1)

  // Incisal edges have rounded corners, and the row rises to its sides.
  const inside = depth - 0.022 * side ** 5 - row.shorter[tooth]! - 0.03 * (across / 1.2) ** 2
  const presence = 1 - 2.4 * hidden
  const alpha =
    smoothstep(-pixel * 0.8, pixel * 0.8, inside) * smoothstep(row.reach, row.reach - 1.1, across) * presence
  if (alpha <= 0) return
  const between = Math.min(t, 1 - t) * width
  const seam = 0.05 * Math.exp(-((between / (0.03 + pixel * 0.5)) ** 2)) * (tooth < 4 ? 1 : 0.5)
  const translucent = 0.06 * smoothstep(0.16, 0, inside)
  const around = row.brightness * (1 - 0.24 * smoothstep(0.5, row.reach, across))
  ink.mix(teeth, around * (1 - seam) * (1 - 0.035 * side * side) * (1 - translucent), alpha)

  // Gums begin where the crowns end, in arches.
  const crown = 0.78 - 0.1 * side * side
  const flesh = smoothstep(crown, crown + 0.07, inside)
  if (flesh > 0) ink.mix(gum, around * 0.95, alpha * flesh)
}

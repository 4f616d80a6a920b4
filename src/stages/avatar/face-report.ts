import type { ChosenFace } from '../face/choose.js'
import type { AvatarManifest } from './manifest.js'

/** The face as a manifest keeps it. */
export type FaceReport = AvatarManifest['face']

/** What a manifest keeps of a chosen face. */
export function faceFound({ face, others, pose }: ChosenFace): FaceReport {
  return {
    width: tenths(face.box.width),
    height: tenths(face.box.height),
    yaw: tenths((pose.yaw * 180) / Math.PI),
    others,
  }
}

/** What is said when more than one face was seen. */
export function othersWarning(others: number, name: string): string {
  return `${others + 1} faces were found in ${name}; the largest is used.`
}

function tenths(value: number): number {
  // No −0: it is written as 0 and would not read back the same.
  return Math.round(value * 10) / 10 + 0
}

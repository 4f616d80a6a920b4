/** Whose frames are drawn: the built-in avatar, or one from the avatar store. Small: it travels with every session. */
export type Subject =
  | { readonly kind: 'built-in'; readonly size: number }
  | {
      readonly kind: 'portrait'
      /** The avatar's folder. */
      readonly folder: string
      /** Changes when the avatar is made anew under the same name. */
      readonly revision: string
      /** Width and height of the frames in pixels. */
      readonly size: number
    }
  | { readonly kind: 'video'; readonly folder: string; readonly revision: string }

/** The same for the same frames, for caches. */
export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case 'built-in':
      return `built-in@${String(subject.size)}`
    case 'portrait':
      return `${subject.folder}#${subject.revision}@${String(subject.size)}`
    case 'video':
      return `${subject.folder}#${subject.revision}`
  }
}

import { withoutDecoration } from '../text/decoration.js'

/** Pauses after a mark, ms: about a third of those that readers make, so that the next clause is never waited for. */
const PAUSES: readonly (readonly [marks: RegExp, milliseconds: number])[] = [
  [/[.!?。！？｡]["'”’»)\]」』】》）]*$/, 220],
  [/(?:…|[—–])["'”’»)\]」』】》）]*$/, 200],
  [/[;:；：]["'”’»)\]」』】》）]*$/, 160],
  [/[,，、]["'”’»)\]」』】》）]*$/, 110],
]
const PAUSE_WITHOUT_MARK = 80

/** Milliseconds of silence after a clause at normal speed, by the mark that ends it. */
export function pauseAfter(text: string): number {
  const written = withoutDecoration(text)
  return PAUSES.find(([marks]) => marks.test(written))?.[1] ?? PAUSE_WITHOUT_MARK
}

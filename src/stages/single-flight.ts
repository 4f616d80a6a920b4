/**
 * Makes a value once, when it is first asked for, and shares it from then on. A failure is forgotten, so that the next
 * call tries again.
 */
export function singleFlight<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    if (made === undefined) {
      const attempt = make()
      made = attempt
      attempt.catch(() => {
        if (made === attempt) made = undefined
      })
    }
    return made
  }
}

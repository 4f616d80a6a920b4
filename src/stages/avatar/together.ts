/** Waits until all have ended, then throws the first error if there is one: nothing goes on behind the caller's back. */
export async function together(work: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(work)) if (end.status === 'rejected') throw end.reason
}

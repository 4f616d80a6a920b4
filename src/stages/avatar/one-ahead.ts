/** Iterates with one item on its way while the last one is worked on. Leaving early waits for it and ends the source. */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<T>> | undefined
  const ask = (): void => {
    next = iterator.next()
    // Whoever leaves early does not look at it any more.
    next.catch(() => undefined)
  }
  ask()
  try {
    for (let item = await next!; item.done !== true; item = await next!) {
      ask()
      yield item.value
    }
  } finally {
    await next?.catch(() => undefined)
    await iterator.return?.()
  }
}

/** What a server holds, as its `/metrics` tells. */
export interface Usage {
  readonly descriptors: number
  readonly residentBytes: number
  readonly handles: number
  /** Turns that are running. */
  readonly turns: number
}

export async function usageOf(gateway: string): Promise<Usage> {
  const text = await (await fetch(`${gateway}/metrics`, { headers: { connection: 'close' } })).text()
  const valueOf = (name: string): number => {
    const match = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)
    if (match === null) throw new Error(`/metrics does not tell ${name}.`)
    return Number(match[1])
  }
  return {
    descriptors: valueOf('process_open_fds'),
    residentBytes: valueOf('process_resident_memory_bytes'),
    handles: valueOf('nodejs_active_handles_total'),
    turns: valueOf('phiz_turns_live'),
  }
}

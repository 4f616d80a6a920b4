import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os'

/** What a figure was measured on; without it a figure says nothing. */
export interface Machine {
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  /** Load over the last minute when the bench began: above the number of cores, figures are pessimistic. */
  readonly load: number
}

export function describeMachine(): Machine {
  return {
    platform: `${platform()}-${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  }
}

import { readdir, readFile } from 'node:fs/promises'

/** Clock ticks a second in /proc, which Linux fixes at 100 for user space. */
const TICKS_PER_SECOND = 100
const KIB_PER_MIB = 1024

/** What a process holds at a moment. */
export interface ProcessSample {
  /** Milliseconds of CPU that all its threads have had. */
  readonly cpuMs: number
  readonly residentMiB: number
  readonly threads: number
  /** Open files and sockets. */
  readonly handles: number
}

/** Looks at a process from outside, by Linux's /proc. */
export async function sampleProcess(pid: number): Promise<ProcessSample> {
  const [stat, status, files] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
  ])
  // The second field, the name in parentheses, may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND,
    residentMiB: number('VmRSS') / KIB_PER_MIB,
    threads: number('Threads'),
    handles: files.length,
  }
}

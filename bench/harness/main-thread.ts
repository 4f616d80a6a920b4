import { readFileSync } from 'node:fs'

/** Clock ticks a second in /proc, which Linux fixes at 100 for user space. */
const TICKS_PER_SECOND = 100

/**
 * CPU time of the main thread in milliseconds, from Linux's /proc: the time that it really ran. The event loop's own
 * utilisation would also count the time in which it wanted to run and another thread had its core.
 * @returns NaN where there is no /proc
 */
export function mainThreadCpu(): number {
  try {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8')
    // The second field, the name in parentheses, may hold spaces: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

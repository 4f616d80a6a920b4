import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Device } from '../../src/runtime/device.js'
import { sampleProcess } from './process-sample.js'

const run = promisify(execFile)

/**
 * MiB that are in use: of the memory of a CUDA device, by whomever; on the processor what this process and all that it
 * has started hold.
 */
export async function memoryInUse(device: Device): Promise<number> {
  if (device.kind === 'cuda') {
    const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits', `--id=${device.index}`]
    return Number((await run('nvidia-smi', query)).stdout)
  }
  // One that ends meanwhile holds nothing any more.
  const samples = (await family(process.pid)).map((pid) => sampleProcess(pid).catch(() => undefined))
  return (await Promise.all(samples)).reduce((sum, sample) => sum + (sample?.residentMiB ?? 0), 0)
}

/** A process and those that it has started, and so on. */
async function family(root: number): Promise<readonly number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)
    if (stat === undefined || !/^\d+$/.test(name)) continue
    // Behind the name in parentheses, which may hold anything: the state, then the parent.
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const found = [root]
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child)
  }
  return found
}

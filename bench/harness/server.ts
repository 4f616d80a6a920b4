import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const insideModule = new URL('./inside.mjs', import.meta.url).href
const LONGEST_START_MS = 120_000

/** `phiz serve` in a process of its own, as users run it. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number
  /** `http://127.0.0.1:<port>`. */
  readonly address: string
  /** Where conversations are. */
  readonly converse: string
  /** What the server has logged, line by line. */
  readonly log: readonly string[]
  /** Collects garbage in its main thread, and counts what is left. */
  inside(): Promise<Inside>
}

/** What lives in a server's main thread. */
export interface Inside {
  readonly heapMiB: number
  /** Memory of buffers outside the heap. */
  readonly externalMiB: number
  /** What keeps the event loop alive, by kind: sockets, timers, ports of workers. */
  readonly resources: Readonly<Record<string, number>>
  /** Listeners on the process. */
  readonly listeners: number
}

export interface ServerProcessOptions {
  /** Which voice speaks. Default: espeak, which is always there. */
  readonly voice?: 'auto' | 'espeak' | 'hibari'
  /** Conversations at once; the server measures how many it carries when left out. */
  readonly conversations?: number
}

/** Starts a server on a free port and waits until it is ready. */
export async function serverProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-bench-'))
  const config = join(folder, 'phiz.config.json')
  await writeFile(config, JSON.stringify(configOf(options)))
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--trace-warnings',
      '--import',
      insideModule,
      join(root, 'bin/phiz.js'),
      'serve',
      '--config',
      config,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  const log: string[] = []
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true })
  }
  try {
    const address = await addressOf(child, log)
    await untilReady(address)
    const converse = `${address.replace('http', 'ws')}/v1/converse`
    return {
      pid: child.pid!,
      address,
      converse,
      log,
      inside: async () => {
        const answer = once(child, 'message')
        child.send('look')
        return ((await answer) as [Inside])[0]
      },
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw new Error(`phiz serve has not started: ${log.join('\n')}`, { cause: error })
  }
}

function configOf({ voice = 'espeak', conversations }: ServerProcessOptions): object {
  const taps = ['musetalk-ws', 'musetalk-http', 'indextts-ws', 'lam', 'dicetalk']
  return {
    gateway: { port: 0 },
    taps: Object.fromEntries(taps.map((tap) => [tap, 'off'])),
    speech: { engine: voice },
    ...(conversations !== undefined && { converse: { maxConversations: conversations } }),
  }
}

/** Reads what the server says from now on, and resolves with its address when it has said it. */
async function addressOf(child: ChildProcess, log: string[]): Promise<string> {
  createInterface(child.stderr!).on('line', (line) => log.push(line))
  const output = createInterface(child.stdout!)
  return new Promise((resolve, reject) => {
    output.on('line', (line) => {
      log.push(line)
      const [, address] = /is at (http:\S+)/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new Error(`It ended with ${code}.`))
    })
  })
}

async function untilReady(address: string): Promise<void> {
  const deadline = performance.now() + LONGEST_START_MS
  for (;;) {
    const { status } = await fetch(`${address}/readyz`)
    if (status === 200) return
    if (performance.now() > deadline) throw new Error(`/readyz still says ${status}.`)
    await sleep(100)
  }
}

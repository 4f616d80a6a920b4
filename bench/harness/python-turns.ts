import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { benchPython } from './environment.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const OUTPUT_TAIL = 2000

/**
 * A model's `benchmark.py --turns`: the published model in a process of its own, which does one job for each line that
 * it is given. Between its jobs it waits and takes nothing of the machine but its memory.
 */
export class PythonTurns implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  #errors = ''
  #about = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-OUTPUT_TAIL)
    })
    // Writing to one that has died is told by its answer, which does not come.
    child.stdin!.on('error', () => undefined)
  }

  /**
   * Starts it, and waits until the network is there.
   *
   * @param model its folder under `models`
   */
  static async start(model: string, args: readonly string[]): Promise<PythonTurns> {
    const child = spawn(benchPython(), [`models/${model}/benchmark.py`, '--turns', ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    await once(child, 'spawn')
    const side = new PythonTurns(child)
    const [word, ...about] = (await side.#answer()).split(' ')
    if (word !== 'ready') {
      await side[Symbol.asyncDispose]()
      throw new Error(`models/${model}/benchmark.py said "${word}" instead of "ready".`)
    }
    side.#about = about.join(' ')
    return side
  }

  /** What it runs on and how, as it says itself. */
  get about(): string {
    return this.#about
  }

  /** Has it do a job; resolves with its milliseconds. */
  async job(line: string): Promise<number> {
    this.#child.stdin!.write(`${line}\n`)
    return Number(await this.#answer())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin!.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }

  async #answer(): Promise<string> {
    const line = await this.#lines.next()
    if (line.done !== true) return line.value
    throw new Error(`benchmark.py has ended: ${this.#errors.trim()}`)
  }
}

import { fork } from 'node:child_process'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { messageOf } from '../errors.js'
import { ipcChannel, portChannel } from './channel.js'
import type { Channel } from './channel.js'
import { onnxEnvironment } from './onnx-environment.js'

/** A worker that has been started: a thread, a child process, or a stand-in for one. */
export interface WorkerHandle {
  readonly channel: Channel
  /** Resolves with how the worker ended, in words, whenever and however it ends. Never rejects. */
  readonly ended: Promise<string>
  /** Ends an idle worker. Must not be called while a step runs: that aborts the whole process. */
  end(): Promise<void>
  /** Ends a worker that no longer answers, where that is possible without harm to this process. */
  kill?(): void
}

/** Starts a worker; `name` is the model's, for debuggers. */
export type Launch = (name: string) => WorkerHandle

const OUTPUT_TAIL = 2000

/** Starts a worker thread. */
export const launchThread: Launch = (name) => {
  onnxEnvironment.prepare()
  const { url, args } = entry('worker')
  const worker = new Worker(url, { name, argv: args, execArgv: [] })
  let thrown: string | undefined
  worker.on('error', (error) => {
    thrown = messageOf(error)
  })
  const ended = new Promise<string>((resolve) => {
    worker.once('exit', (code) => {
      resolve(thrown === undefined ? `the thread exited with code ${code}` : `the thread threw "${thrown}"`)
    })
  })
  return {
    channel: portChannel(worker),
    ended,
    async end() {
      await worker.terminate()
    },
  }
}

/** Starts a child process. What it writes is kept for the message of a sudden death. */
export const launchProcess: Launch = () => {
  onnxEnvironment.prepare()
  const { url, args } = entry('child')
  const child = fork(fileURLToPath(url), args, {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let tail = ''
  const keep = (text: string) => {
    tail = (tail + text).slice(-OUTPUT_TAIL)
  }
  child.stdout!.setEncoding('utf8').on('data', keep)
  child.stderr!.setEncoding('utf8').on('data', keep)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(`the process could not be started: ${error.message}`)
    })
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
      // Its output may be read to the end only after that. (The event 'close' never comes after a disconnect.)
      void Promise.allSettled([finished(child.stdout!), finished(child.stderr!)]).then(() => {
        resolve(`the process ${how}${tail === '' ? '' : `; its last words: ${tail.trim()}`}`)
      })
    })
  })
  return {
    channel: ipcChannel(child),
    ended,
    async end() {
      if (child.connected) child.disconnect()
      await ended
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}

/** From sources the workers are TypeScript too, and start through a file that teaches their thread to read it. */
function entry(name: 'worker' | 'child'): { url: URL; args: string[] } {
  return import.meta.url.endsWith('.ts')
    ? { url: new URL('./from-source.mjs', import.meta.url), args: [`./${name}.ts`] }
    : { url: new URL(`./${name}.js`, import.meta.url), args: [] }
}

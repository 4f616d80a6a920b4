import { spawn } from 'node:child_process'

/**
 * Runs a command to its end and gives back how it went; only a stop by `signal` rejects.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{signal?: AbortSignal, env?: Record<string, string>, showOutput?: boolean}} [options] `showOutput` lets the
 *   command write to the terminal itself, for its progress bar; `env` adds to the environment.
 * @returns {Promise<{found: boolean, code: number | null, stdout: string, stderr: string}>}
 */
export function run(command, args, { signal, env = {}, showOutput = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      signal,
      env: { ...process.env, ...env },
      stdio: ['ignore', showOutput ? 'inherit' : 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let found = true
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.once('error', () => (found = false))
    child.once('close', (code) => {
      if (signal?.aborted) reject(signal.reason)
      else resolve({ found, code, stdout: stdout.trim(), stderr: stderr.trim() })
    })
  })
}

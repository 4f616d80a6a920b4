/**
 * Runs a tiny session on CUDA device 0, in a process of its own since a native library may end it:
 *   node verify.mjs <folder of onnxruntime-node> <folder of NVIDIA's libraries>
 * Exits 0 when the result is right; otherwise says on stderr what went wrong and exits with one of EXIT_CODES.
 */
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { loadError } from './checks.mjs'
import { tinyGraph } from './tiny-graph.mjs'
import { EXIT_CODES } from './wheels.mjs'

const [folder, bundled] = process.argv.slice(2)

process.exitCode = EXIT_CODES.libraries
try {
  loadBundled()
  process.exitCode = EXIT_CODES.session
  await compute()
  process.exitCode = 0
} catch (error) {
  process.stderr.write(`${error.message}\n`)
}

/** Those that the provider opens later, such as cuDNN's parts, would otherwise go untried until a model needs them. */
function loadBundled() {
  const files = existsSync(bundled) ? readdirSync(bundled).filter((file) => file.includes('.so')) : []
  for (const file of files) {
    const problem = loadError(join(bundled, file))
    if (problem !== undefined) throw new Error(problem)
  }
}

async function compute() {
  const { InferenceSession, Tensor } = createRequire(import.meta.url)(folder)
  const session = await InferenceSession.create(tinyGraph(), {
    executionProviders: [{ name: 'cuda', deviceId: 0 }],
    // A graph that quietly ran on the CPU would prove nothing.
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  })
  const x = new Tensor('float32', new Float32Array(16).fill(1), [1, 1, 4, 4])
  const w = new Tensor('float32', new Float32Array([0.5]), [1, 1, 1, 1])
  const { y } = await session.run({ x, w })
  // Each is a sum of four products 0.5 · 0.5.
  if (y.data.length !== 16 || !y.data.every((value) => value === 1)) {
    throw new Error(`the GPU computed ${y.data.join(', ')} where 1 is right`)
  }
  await session.release()
}

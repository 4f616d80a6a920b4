/** What must be true of a machine before anything is fetched. Each check throws a SetupError that says why not. */
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { run } from './command.mjs'
import { OLDEST_COMPUTE_CAPABILITY, OLDEST_DRIVER, ONNXRUNTIME_VERSION } from './wheels.mjs'

/** Why CUDA cannot be set up, in words for the user. */
export class SetupError extends Error {}

/** Only there does NVIDIA's CUDA meet onnxruntime-node as phiz uses it. */
export function requirePlatform() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      `CUDA can be set up on linux-x64 only; this is ${process.platform}-${process.arch}. Use --device cpu here.`,
    )
  }
}

/**
 * Finds onnxruntime-node.
 *
 * @param {string | undefined} folder Where to look; by default where phiz itself finds the package.
 * @returns {{folder: string, libraries: string}} the package, and the folder of its native libraries.
 */
export function requireOnnxruntime(folder) {
  let manifest
  try {
    manifest = createRequire(import.meta.url).resolve(
      folder === undefined ? 'onnxruntime-node/package.json' : join(folder, 'package.json'),
    )
  } catch {
    throw new SetupError('onnxruntime-node is not installed. Run "npm install" first.')
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (version !== ONNXRUNTIME_VERSION) {
    throw new SetupError(
      `onnxruntime-node is ${version}, but the CUDA files known here fit ${ONNXRUNTIME_VERSION}. ` +
        'Run "npm install" to get the version that phiz names.',
    )
  }
  const libraries = join(dirname(manifest), 'bin', 'napi-v6', 'linux', 'x64')
  if (!existsSync(join(libraries, 'libonnxruntime.so.1'))) {
    throw new SetupError(
      `onnxruntime-node has no libonnxruntime.so.1 in ${libraries}. Run "npm install" again.`,
    )
  }
  return { folder: dirname(manifest), libraries }
}

/** Older ones take no wheel that is for a newer Python than their own. */
const OLDEST_PIP = 20

const INSTALL_PIP =
  `The files come by pip ${OLDEST_PIP} or newer, of any Python 3 ` +
  '(on Debian and Ubuntu: apt install python3-pip).'

/** Finds a Python 3 that has pip, and gives back its command. */
export async function requirePython(signal) {
  const trouble = []
  for (const command of ['python3', 'python']) {
    const { found, code, stdout, stderr } = await run(command, ['-m', 'pip', '--version'], { signal })
    if (!found) continue
    if (code !== 0) trouble.push(`${command} has no pip (${lastLine(stderr)})`)
    else if (!stdout.includes('(python 3.')) trouble.push(`${command} is not Python 3 (${stdout})`)
    else if (Number.parseInt(stdout.split(' ')[1], 10) < OLDEST_PIP) {
      trouble.push(`${command} has an old pip (${stdout}); run "${command} -m pip install --upgrade pip"`)
    } else return { command, pip: stdout.split(' ').slice(0, 2).join(' ') }
  }
  throw new SetupError(
    trouble.length > 0
      ? `${trouble.join('; ')}. ${INSTALL_PIP}`
      : `Python 3 was not found (looked for python3 and python). ${INSTALL_PIP}`,
  )
}

/**
 * Looks for a GPU that CUDA 13 can use.
 *
 * @returns {Promise<{name: string | undefined, problem: string | undefined}>} `name` describes the first device.
 */
export async function findGpu(signal) {
  const smi = await run(
    'nvidia-smi',
    ['--query-gpu=name,driver_version,compute_cap', '--format=csv,noheader'],
    { signal },
  )
  const [name, driver, capability] =
    smi.code === 0 ? (smi.stdout.split('\n')[0] ?? '').split(',').map((text) => text.trim()) : []
  if (!loads('libcuda.so.1')) {
    return {
      name,
      problem: name
        ? `${name} is there, but the driver's libcuda.so.1 cannot be loaded. ` +
          'In a container, ask for the driver capabilities "compute,utility".'
        : 'No NVIDIA driver was found: libcuda.so.1 cannot be loaded. Install the driver ' +
          `(version ${OLDEST_DRIVER} or newer) first; in a container, give it the GPU.`,
    }
  }
  // A container may have the driver's library without its tool; the session at the end will tell.
  if (!smi.found) return { name: undefined, problem: undefined }
  if (!name) {
    return { name: undefined, problem: `nvidia-smi finds no GPU: ${lastLine(smi.stderr || smi.stdout)}` }
  }
  if (Number.parseInt(driver, 10) < OLDEST_DRIVER) {
    return { name, problem: `The driver is ${driver}; CUDA 13 needs ${OLDEST_DRIVER} or newer.` }
  }
  if (Number.parseFloat(capability) < OLDEST_COMPUTE_CAPABILITY) {
    return {
      name,
      problem: `${name} has compute capability ${capability}; CUDA 13 needs ${OLDEST_COMPUTE_CAPABILITY} or newer.`,
    }
  }
  return { name, problem: undefined }
}

/**
 * @param {string} folder Where the files go.
 * @param {number} needed Megabytes.
 */
export async function requireSpace(folder, needed) {
  const { bavail, bsize } = await statfs(folder)
  const free = (bavail * bsize) / 1e6
  if (free < needed) {
    throw new SetupError(
      `${size(needed)} are needed while files are unpacked in ${folder}; ${size(free)} are free.`,
    )
  }
  return free
}

/**
 * Asks the system's loader for a library, by name or by path. Node opens it, finds that it is no addon, says so, and
 * closes it again: that it got so far is the answer.
 */
export function loads(library) {
  return loadError(library) === undefined
}

/** Like `loads`, but tells what the loader said. */
export function loadError(library) {
  try {
    process.dlopen({ exports: {} }, library)
  } catch (error) {
    return error.message.includes('did not self-register') ? undefined : error.message
  }
  return undefined
}

/** A size in words, from megabytes. */
export function size(megabytes) {
  return megabytes < 1000 ? `${Math.ceil(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}

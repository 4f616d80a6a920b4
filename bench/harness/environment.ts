import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'

/** The Python that runs what phiz is compared with: `PHIZ_BENCH_PYTHON`, or the one on the path. */
export function benchPython(): string {
  return process.env['PHIZ_BENCH_PYTHON'] ?? 'python3'
}

/** Folders that a variable lists, separated as in `PATH`; none where it is not set. */
export function benchFolders(variable: 'PHIZ_BENCH_LAM' | 'PHIZ_BENCH_MUSETALK'): readonly string[] {
  return (process.env[variable] ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** Where the large models run: `PHIZ_BENCH_DEVICE`, as `--device` has it, or the processor. */
export function benchDevice(): string {
  return process.env['PHIZ_BENCH_DEVICE'] ?? 'cpu'
}

/**
 * What a Python lacks to run a model's own network, in words; undefined where it lacks nothing.
 *
 * @param packages names to import
 * @param model its folder under `models`
 */
export function pythonNeeds(packages: readonly string[], model: string): string | undefined {
  const python = benchPython()
  // To look for a package takes a moment, to import torch takes seconds.
  const script = `import importlib.util as u; print(*[n for n in ${JSON.stringify(packages)} if u.find_spec(n) is None])`
  const { error, status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' })
  const missing = error === undefined && status === 0 ? stdout.trim() : `${python} itself`
  if (missing === '') return undefined
  return `PHIZ_BENCH_PYTHON, a Python with models/${model}/requirements.txt (missing: ${missing})`
}

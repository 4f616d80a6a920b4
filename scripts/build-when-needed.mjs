/** Builds when dist is missing or older than the sources; silent otherwise. */
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

function modifiedAt(path) {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function newestSource() {
  const sources = ['src', 'web'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true })
      .filter((name) => !name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
  )
  const files = ['tsconfig.json', 'tsconfig.build.json', 'package.json', ...sources]
  return Math.max(...files.map((name) => modifiedAt(`${root}/${name}`)))
}

// An installed package has no sources and is always built.
if (modifiedAt(`${root}/src`) > 0 && modifiedAt(`${root}/dist/.built`) < newestSource()) {
  process.stderr.write('Building phiz …\n')
  await import('./build.mjs')
}

/**
 * Compiles src to dist, from scratch, puts the bundle of Redoc beside the code that serves it, builds the page into
 * dist/web, and leaves a stamp that build-when-needed reads.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build as buildPage } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const compiler = require.resolve('typescript/bin/tsc')

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true })
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})

// Its bundle needs none of the packages that Redoc depends on, so that phiz does not depend on Redoc.
function copyRedoc() {
  const copies = {
    'redoc/bundles/redoc.standalone.js': 'redoc.standalone.js',
    'redoc/bundles/redoc.standalone.js.LICENSE.txt': 'redoc.standalone.js.LICENSE.txt',
    'redoc/LICENSE': 'redoc.LICENSE.txt',
  }
  for (const [from, name] of Object.entries(copies)) {
    copyFileSync(require.resolve(from), new URL(`../dist/transports/docs/${name}`, import.meta.url))
  }
}

if (status === 0) {
  copyRedoc()
  await buildPage({
    configFile: fileURLToPath(new URL('../web/vite.config.ts', import.meta.url)),
    logLevel: 'warn',
  })
  writeFileSync(new URL('../dist/.built', import.meta.url), new Date().toISOString())
}
process.exitCode = status ?? 1

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mediaPath } from './media-path.js'

let folder: string
let root: string
let inside: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'phiz-media-')))
  root = join(folder, 'root')
  inside = join(root, 'in.wav')
  await mkdir(join(folder, 'rootless'), { recursive: true })
  await mkdir(root)
  await writeFile(inside, 'x')
  await writeFile(join(folder, 'out.wav'), 'x')
  await writeFile(join(folder, 'rootless', 'near.wav'), 'x')
  await writeFile(join(root, '..dots.wav'), 'x')
  await symlink(join(folder, 'out.wav'), join(root, 'outward.wav'))
  await symlink(inside, join(folder, 'inward.wav'))
  await symlink(join(root, 'loop.wav'), join(root, 'loop.wav'))
  await promisify(execFile)('mkfifo', [join(root, 'pipe.wav')])
})
afterAll(() => rm(folder, { recursive: true }))

it('finds files inside the roots, by whatever way', async () => {
  for (const path of [inside, join(folder, 'inward.wav'), `${root}/../root/in.wav`]) {
    expect(await mediaPath(path, ['/no/such/root', root]), path).toEqual({ kind: 'file', path: inside })
  }
  expect(await mediaPath(join(root, '..dots.wav'), [root])).toMatchObject({ kind: 'file' })
})

it('finds nothing outside, and nothing that is not a file', async () => {
  for (const path of [
    join(folder, 'out.wav'),
    join(folder, 'rootless', 'near.wav'),
    `${root}/../out.wav`,
    join(root, 'outward.wav'),
    join(root, 'loop.wav'),
    join(root, 'pipe.wav'),
    join(root, 'none.wav'),
    `${inside}\0`,
    root,
    '/dev/zero',
  ]) {
    expect(await mediaPath(path, [root]), path).toEqual({ kind: 'missing' })
  }
  expect(await mediaPath(inside, [])).toEqual({ kind: 'missing' })
  expect(await mediaPath('root/in.wav', [root])).toEqual({ kind: 'relative' })
})

it('finds every file, but no device, where anything goes', async () => {
  expect(await mediaPath(join(folder, 'out.wav'), 'anything')).toMatchObject({ kind: 'file' })
  expect(await mediaPath('/dev/zero', 'anything')).toEqual({ kind: 'missing' })
  expect(await mediaPath(join(root, 'pipe.wav'), 'anything')).toEqual({ kind: 'missing' })
})

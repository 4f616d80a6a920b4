import { expect, it } from 'vitest'
import { avatarName } from './avatar-name.js'

it.each([
  ['Anna.jpg', [], 'Anna'],
  ['Anna.jpg', ['Anna', 'Anna-2'], 'Anna-3'],
  ['IMG_2041 (1).HEIC', [], 'IMG-2041-1'],
  ['Élodie Müller.png', [], 'Elodie-Muller'],
  ['自拍.jpg', [], 'face'],
  ['自拍.jpg', ['face'], 'face-2'],
  ['con.png', [], 'face-con'],
  ['../../x.tar.gz', [], 'x-tar'],
  [`${'long'.repeat(30)}.mp4`, [], 'long'.repeat(10)],
])('%s is called so that nothing else is, beside %j: %s', (file, taken, name) => {
  expect(avatarName(file, new Set(taken))).toBe(name)
})

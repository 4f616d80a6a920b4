import { expect, it } from 'vitest'
import { originPolicy } from './origins.js'

it('allows pages of this machine and those that are listed', () => {
  const allows = originPolicy('https://Good.example, http://10.0.0.2:3000')
  for (const origin of [
    'http://localhost:5173',
    'http://127.0.0.1',
    'https://[::1]:8443',
    'https://good.example',
    'http://10.0.0.2:3000',
  ])
    expect(allows(origin), origin).toBe(true)
  for (const origin of [
    'null',
    '',
    'file://',
    'http://good.example',
    'http://10.0.0.2',
    'http://localhost.bad.example',
    'http://127.0.0.1.bad.example',
    'http://bad.example#localhost',
  ])
    expect(allows(origin), origin).toBe(false)
})

it('allows files by their name, and all pages by a star', () => {
  expect(originPolicy('null')('null')).toBe(true)
  expect(originPolicy('')('null')).toBe(false)
  expect(originPolicy('*')('http://bad.example')).toBe(true)
})

it('allows the pages that the server serves, by address and not by name', () => {
  const allows = originPolicy('')
  expect(allows('http://192.168.1.5:8080', '192.168.1.5:8080')).toBe(true)
  expect(allows('http://[fe80::1]:8080', '[fe80::1]:8080')).toBe(true)
  expect(allows('http://192.168.1.5:80', '192.168.1.5:8080')).toBe(false)
  expect(allows('http://rebound.example:8080', 'rebound.example:8080')).toBe(false)
})

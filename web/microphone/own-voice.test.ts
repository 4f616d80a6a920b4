import { expect, it } from 'vitest'
import { OwnVoice } from './own-voice.js'

it('takes what is said while the face is silent', () => {
  const voice = new OwnVoice()
  voice.began(1000)
  expect(voice.accepts(2000)).toBe(true)
})

it('does not take what began while the face spoke, nor its echo', () => {
  const voice = new OwnVoice()
  voice.face(true, 0)
  voice.began(500)
  voice.face(false, 1000)
  expect(voice.accepts(1200)).toBe(false)
  voice.began(1250)
  expect(voice.accepts(2000)).toBe(false)
  voice.began(2100)
  expect(voice.accepts(3000)).toBe(true)
})

it('takes what broke in', () => {
  const voice = new OwnVoice()
  voice.face(true, 0)
  voice.began(500)
  voice.brokenInto()
  voice.face(false, 700)
  expect(voice.accepts(2000)).toBe(true)
})

it('knows that speech can go on into the next result while the face answers', () => {
  const voice = new OwnVoice()
  voice.began(0)
  expect(voice.accepts(500)).toBe(true)
  voice.face(true, 600)
  expect(voice.accepts(900)).toBe(true)
  expect(voice.accepts(1500)).toBe(false)
})

import { describe, expect, it } from 'vitest'
import { quoted, reasonOf, remoteAddress } from './server.js'

describe('remoteAddress', () => {
  it('keeps credentials out of the URL and of what is shown', () => {
    const { url, shown, headers } = remoteAddress('ws://ann:s%40cret@host:8770/tts/?api_key=secret#x')
    expect(url.href).toBe('ws://host:8770/tts/?api_key=secret')
    expect(shown).toBe('ws://host:8770/tts')
    expect(headers).toEqual({ authorization: `Basic ${Buffer.from('ann:s@cret').toString('base64')}` })
  })

  it('takes a password alone for an API key', () => {
    expect(remoteAddress('http://:key@host/').headers).toEqual({ authorization: 'Bearer key' })
    expect(remoteAddress('http://host').headers).toEqual({})
  })
})

describe('quoted', () => {
  it('puts foreign words on one short line', () => {
    expect(quoted(' a\u001b[31m\r\nb\u2028c ')).toBe('a [31m b c')
    expect(quoted('x'.repeat(1000))).toHaveLength(301)
  })
})

describe('reasonOf', () => {
  it('finds the reason in causes and in the errors of several addresses', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:80'), { code: 'ECONNREFUSED' })
    expect(reasonOf(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))).toBe(
      'nothing listens there',
    )
    expect(reasonOf(new Error('Opening handshake has timed out'))).toBe('Opening handshake has timed out')
    expect(reasonOf('what')).toBe('the connection failed')
  })
})

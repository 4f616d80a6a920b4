import { describe, expect, it } from 'vitest'
import { ConfigError } from '../errors.js'
import { resolveConfig } from './load.js'

describe('engines at other servers', () => {
  it('are given as URLs of the protocols that the stages speak', () => {
    const config = resolveConfig({
      flags: {
        'speech.engine': 'ws://127.0.0.1:8770',
        'expression.engine': 'https://lam.example.org/api',
        'film.engine': 'http://127.0.0.1:8000',
        'remote.promptAudio': '007',
      },
      environment: { 'video.engine': 'http://127.0.0.1:5000', 'remote.timeoutSeconds': '5' },
    })
    expect(config.speech.engine).toBe('ws://127.0.0.1:8770')
    expect(config.expression.engine).toBe('https://lam.example.org/api')
    expect(config.video.engine).toBe('http://127.0.0.1:5000')
    expect(config.film.engine).toBe('http://127.0.0.1:8000')
    expect(config.remote).toEqual({ mediaDirectory: '', promptAudio: '007', avatar: '', timeoutSeconds: 5 })
  })

  it.each([
    [
      'speech.engine',
      'http://127.0.0.1:8770',
      /speech\.engine \(command line\): Expected .* ws:\/\/ URL of an IndexTTS/,
    ],
    ['speech.engine', 'ws://', /ws:\/\/ URL of an IndexTTS server, got "ws:\/\/"/],
    ['expression.engine', 'ws://127.0.0.1:1', /http:\/\/ URL of a LAM-A2E server/],
    ['expression.engine', 'lamb', /Expected "visemes", "lam" or/],
    ['video.engine', 'ftp://127.0.0.1', /ws:\/\/ or http:\/\/ URL of a MuseTalk server/],
    ['film.engine', '127.0.0.1:8000', /http:\/\/ URL of a DICE-Talk server/],
  ] as const)('%s is not %s', (setting, value, problem) => {
    expect(() => resolveConfig({ flags: { [setting]: value } })).toThrow(ConfigError)
    expect(() => resolveConfig({ flags: { [setting]: value } })).toThrow(problem)
  })
})

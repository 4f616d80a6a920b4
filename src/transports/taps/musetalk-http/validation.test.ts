import { describe, expect, it } from 'vitest'
import { createBody, startBody } from './protocol.js'
import { validated, ValidationError } from './validation.js'

const JSON_TYPE = 'application/json'

function problems(schema: typeof createBody | typeof startBody, text: string, type = JSON_TYPE): unknown {
  try {
    validated(schema, text, type)
  } catch (error) {
    if (error instanceof ValidationError) return error.detail
    throw error
  }
  throw new Error('Expected a ValidationError')
}

describe('a body', () => {
  it('gets the documented defaults', () => {
    expect(validated(createBody, '{"avatar_id":"a","video_path":"b"}', JSON_TYPE)).toEqual({
      avatar_id: 'a',
      video_path: 'b',
      bbox_shift: 0,
      batch_size: 20,
    })
    expect(
      validated(startBody, '{"avatar_id":"a","audio_path":"b","more":1}', 'Application/JSON; charset=utf-8'),
    ).toEqual({
      avatar_id: 'a',
      audio_path: 'b',
      fps: 25,
      skip_save_images: true,
    })
  })

  it('is refused in the words of FastAPI, every field at once', () => {
    expect(problems(createBody, '{"video_path":"","bbox_shift":0.5,"batch_size":"20"}')).toEqual([
      {
        type: 'missing',
        loc: ['body', 'avatar_id'],
        msg: 'Field required',
        input: {},
      },
      {
        type: 'string_too_short',
        loc: ['body', 'video_path'],
        msg: 'String should have at least 1 character',
        input: '',
        ctx: { min_length: 1 },
      },
      {
        type: 'int_from_float',
        loc: ['body', 'bbox_shift'],
        msg: 'Input should be a valid integer, got a number with a fractional part',
        input: 0.5,
      },
      { type: 'int_type', loc: ['body', 'batch_size'], msg: 'Input should be a valid integer', input: '20' },
    ])
    expect(
      problems(startBody, '{"avatar_id":null,"audio_path":["a"],"fps":61,"skip_save_images":1}'),
    ).toEqual([
      { type: 'string_type', loc: ['body', 'avatar_id'], msg: 'Input should be a valid string', input: null },
      { type: 'string_type', loc: ['body', 'audio_path'], msg: 'Input should be a valid string', input: [] },
      {
        type: 'less_than_equal',
        loc: ['body', 'fps'],
        msg: 'Input should be less than or equal to 60',
        input: 61,
        ctx: { le: 60 },
      },
      {
        type: 'bool_type',
        loc: ['body', 'skip_save_images'],
        msg: 'Input should be a valid boolean',
        input: 1,
      },
    ])
  })

  it('must be a JSON object, and say so', () => {
    const whole = (type: string): unknown => [expect.objectContaining({ type, loc: ['body'] })]
    expect(problems(startBody, '')).toEqual(whole('missing'))
    expect(problems(startBody, '[]')).toEqual(whole('model_attributes_type'))
    expect(problems(startBody, '"text"')).toEqual(whole('model_attributes_type'))
    expect(problems(startBody, '{}', 'text/plain')).toEqual(whole('model_attributes_type'))
    expect(problems(startBody, '{"avatar_id": x}')).toEqual([
      expect.objectContaining({ type: 'json_invalid', loc: ['body'], msg: 'JSON decode error' }),
    ])
  })

  it('names no avatar that leads out of its folder', () => {
    for (const id of ['..', 'a/b', 'a\\b', 'con', '.a', 'a.', '', 'a'.repeat(65), '主播']) {
      expect(problems(createBody, JSON.stringify({ avatar_id: id, video_path: 'v' })), id).toMatchObject([
        { type: 'value_error', loc: ['body', 'avatar_id'] },
      ])
    }
  })

  it('is not echoed whole', () => {
    const text = JSON.stringify({ avatar_id: 'a', audio_path: 7, fps: 'x'.repeat(60_000) })
    expect(JSON.stringify(problems(startBody, text)).length).toBeLessThan(1000)
    expect(problems(startBody, `{"avatar_id":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)).toBeDefined()
  })
})

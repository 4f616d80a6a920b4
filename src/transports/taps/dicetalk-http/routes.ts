import { createRoute } from '@hono/zod-openapi'
import { jsonAnswer, problemAnswers } from '../../http/described.js'
import { startForm } from './parameters.js'
import { errorAnswer, healthAnswer, startAnswer, statusAnswer, taskPath } from './protocol.js'

/** The document's four endpoints, and one to give a task up, as OpenAPI describes them. */

const PROBLEMS = {
  400: 'A parameter or a file is not valid, or the task is not completed yet.',
  404: 'There is no such task.',
  405: 'The endpoint has no such method.',
  408: 'The body did not come in time.',
  413: 'A file is larger than is taken.',
  416: 'The film has no such range.',
  422: 'The request has not the form it must have.',
  500: 'Something went wrong inside.',
  503: 'There is too much to do, or the service is not ready.',
} as const

const problems = problemAnswers(PROBLEMS, errorAnswer)

function film(description: string) {
  return {
    description,
    content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } as const } },
  }
}

export const healthRoute = createRoute({
  method: 'get',
  path: '/api/health',
  summary: 'Whether the service is ready to make films',
  responses: { 200: jsonAnswer('The state of the service.', healthAnswer), ...problems(405) },
})

export const startRoute = createRoute({
  method: 'post',
  path: '/api/v1/synthesis/start',
  summary: 'Starts a film: a portrait that speaks a recording',
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: startForm,
          encoding: {
            image: { contentType: 'image/jpeg, image/png' },
            audio: { contentType: 'audio/wav, audio/mpeg' },
          },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer('The task that was made.', startAnswer),
    ...problems(400, 405, 408, 413, 422, 500, 503),
  },
})

export const statusRoute = createRoute({
  method: 'get',
  path: '/api/v1/synthesis/{task_id}/status',
  summary: 'How far a task is',
  request: { params: taskPath },
  responses: { 200: jsonAnswer('The state of the task.', statusAnswer), ...problems(404, 405, 503) },
})

export const downloadRoute = createRoute({
  method: 'get',
  path: '/api/v1/synthesis/{task_id}/download',
  summary: 'The film of a completed task',
  request: { params: taskPath },
  responses: {
    200: film('The film.'),
    206: film('The part of the film that a Range header asks for.'),
    416: { description: PROBLEMS[416] },
    ...problems(400, 404, 405, 500, 503),
  },
})

export const cancelRoute = createRoute({
  method: 'post',
  path: '/api/v1/synthesis/{task_id}/cancel',
  summary: 'Gives a task up',
  description: 'It fails. One that has ended, or whose film other tasks wait for, stays as it is.',
  request: { params: taskPath },
  responses: { 200: jsonAnswer('The state of the task.', statusAnswer), ...problems(404, 405, 503) },
})

export const ROUTES = [healthRoute, startRoute, statusRoute, downloadRoute, cancelRoute] as const

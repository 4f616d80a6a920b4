import { expect, it } from 'vitest'
import { createLog } from './log.js'

it('writes JSON lines, and never what people say or hear', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  log.debug('not shown')
  log.info({ turn: 'turn-1', text: 'my secret', packet: { samples: [0.123], text: 'my secret' } }, 'spoken')
  log.error({ error: new Error('broken') }, 'failed')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      level: 30,
      turn: 'turn-1',
      text: '[private]',
      packet: { samples: '[private]', text: '[private]' },
      msg: 'spoken',
    },
    { level: 50, error: { type: 'Error', message: 'broken' }, msg: 'failed' },
  ])
})

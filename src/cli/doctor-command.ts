import { createApp } from '../app.js'
import { messageOf, PhizError } from '../errors.js'
import { VERSION } from '../version.js'
import { commandConfig, type CommandContext } from './context.js'
import { checks, type CheckResult } from './doctor-checks.js'

/**
 * `phiz doctor`: tries each part for real and says what works and what is missing, with the remedy.
 * @throws PhizError (`unavailable`) when a part that every use needs does not work
 */
export async function doctorCommand(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  const results: CheckResult[] = []
  await using app = createApp(config)
  for (const check of checks(app)) {
    signal.throwIfAborted()
    const result = await check.run().then(
      (detail): CheckResult => ({ name: check.name, status: 'works', detail }),
      (error: unknown): CheckResult => ({
        name: check.name,
        status: check.essential ? 'fails' : 'missing',
        detail: messageOf(error),
      }),
    )
    results.push(result)
    if (options['json'] !== true) terminal.print(lineOf(result))
  }
  const broken = results.filter(({ status }) => status === 'fails')
  if (options['json'] === true) terminal.print(JSON.stringify({ version: VERSION, checks: results }, null, 2))
  if (broken.length > 0) {
    throw new PhizError('unavailable', `phiz cannot work here: ${broken.map(({ name }) => name).join(', ')}.`)
  }
  if (options['json'] !== true) terminal.print('phiz works on this machine.')
}

const MARKS: Readonly<Record<CheckResult['status'], string>> = { works: '✓', missing: '–', fails: '✗' }

function lineOf({ name, status, detail }: CheckResult): string {
  const [first = '', ...rest] = detail.split('\n')
  return [`${MARKS[status]} ${name.padEnd(12)} ${first}`, ...rest.map((line) => ' '.repeat(15) + line)].join(
    '\n',
  )
}

/** The server: brings in what is missing, as far as that works, and serves. `npm start -- [options of phiz serve]`. */
import { parseArgs } from 'node:util'
import { main } from '../dist/main.js'

const [node, script, ...given] = process.argv

/** Those of the given options that say where things are and what is wanted. */
function preparation() {
  const { values } = parseArgs({
    args: given,
    strict: false,
    options: {
      config: { type: 'string' },
      'data-directory': { type: 'string' },
      speech: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  return ['config', 'data-directory', 'speech'].flatMap((name) =>
    typeof values[name] === 'string' ? [`--${name}`, values[name]] : [],
  )
}

const prepared = preparation()
if (prepared !== undefined) await main([node, script, 'models', 'prepare', ...prepared])
if (!process.exitCode) await main([node, script, 'serve', ...given])

/**
 * Runs the benches and keeps their figures: `npm run bench`, or `npm run bench -- first` for those whose name
 * contains a word; `--seconds 20` shortens those that go on for a time, and keeps nothing. Results go to
 * bench/results/latest.json, docs/benchmarks.md is made from them. What needs something that is not here says so, and
 * keeps the figures that it had; harness/environment.ts has the variables that tell where it is.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, type Machine } from './harness/machine.js'
import type { Row, Scenario } from './harness/scenario.js'
import { avatars } from './scenarios/avatars.js'
import { conversation } from './scenarios/conversation.js'
import { firstOutput } from './scenarios/first-output.js'
import { lamA2e } from './scenarios/lam-a2e.js'
import { musetalk } from './scenarios/musetalk.js'
import { naturalVoice } from './scenarios/natural-voice.js'
import { oneMinute } from './scenarios/one-minute.js'
import { page } from './scenarios/page.js'
import { soak } from './scenarios/soak.js'

interface Result {
  readonly scenario: string
  readonly date: string
  readonly machine: Machine
  readonly rows: readonly Row[]
}

const scenarios: readonly Scenario[] = [
  firstOutput,
  oneMinute,
  avatars,
  naturalVoice,
  conversation,
  page,
  soak,
  lamA2e,
  musetalk,
]
const resultsFile = new URL('./results/latest.json', import.meta.url)
const pageFile = new URL('../docs/benchmarks.md', import.meta.url)

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' } },
})
const options = values.seconds === undefined ? {} : { seconds: Number(values.seconds) }
const chosen = scenarios.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
)
if (chosen.length === 0) {
  console.error(`No bench matches; there are: ${scenarios.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
}

let measured = 0
const results = new Map(readResults().map((result) => [result.scenario, result]))
for (const scenario of chosen) {
  console.log(`\n${scenario.name}`)
  const missing = scenario.needs?.()
  if (missing !== undefined) {
    console.log(`  not measured: it needs ${missing}`)
    continue
  }
  const machine = describeMachine()
  const rows = await scenario.run(options)
  for (const row of rows) {
    console.log(`  ${line(row)}`)
    if (row.raw !== undefined) console.log(`    ${row.raw.join(' ')}`)
  }
  results.set(scenario.name, {
    scenario: scenario.name,
    date: new Date().toISOString().slice(0, 10),
    machine,
    rows,
  })
  measured += 1
}
if (options.seconds === undefined && measured > 0) {
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
  writeFileSync(resultsFile, `${JSON.stringify([...results.values()], null, 2)}\n`)
  writeFileSync(pageFile, pageOf([...results.values()]))
}

function readResults(): readonly Result[] {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8')) as Result[]
  } catch {
    return []
  }
}

function line({ figure, value, unit, goal, met }: Row): string {
  const verdict = goal === undefined ? '' : `  (goal ${goal}: ${met === true ? 'met' : 'missed'})`
  return `${figure}: ${value} ${unit}${verdict}`
}

function pageOf(all: readonly Result[]): string {
  const parts = all.map(({ scenario, date, machine, rows }) => {
    const table = rows.map(
      ({ figure, value, unit, goal, met, raw }) =>
        `| ${figure} | ${value} ${unit} | ${goal ?? ''} | ${goal === undefined ? '' : met === true ? 'met' : 'missed'} | ${raw?.join(', ') ?? ''} |`,
    )
    return [
      `## ${scenario[0]!.toUpperCase()}${scenario.slice(1)}`,
      '',
      `${date} · ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, load ${machine.load} at the start`,
      '',
      '| figure | measured | goal | | raw values |',
      '|---|---|---|---|---|',
      ...table,
      '',
    ].join('\n')
  })
  return [
    '# Benchmarks',
    '',
    'Made by `npm run bench`; raw values in `bench/results/latest.json`.',
    '',
    ...parts,
  ].join('\n')
}

import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { cleanText } from '../src/stages/text/clean.js'
import { segment } from '../src/stages/text/segment.js'
import { readFrontEndFiles } from '../src/stages/speech/hibari/phonemes/files.js'
import { createFrontEnd } from '../src/stages/speech/hibari/phonemes/front-end.js'

/** The folder in which the voice is installed, as `phiz models where hibari` prints it. */
const folder = process.env['PHIZ_TEST_HIBARI']

const REFERENCE = new URL('../models/hibari/reference/', import.meta.url)

async function tableOf(name: string): Promise<[text: string, phonemes: string][]> {
  const lines = (await readFile(new URL(name, REFERENCE), 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => line.split('\t') as [string, string])
}

/** Phonemes and stress marks, without spaces and punctuation. */
function soundsOf(phonemes: string): string[] {
  return Array.from(phonemes.replace(/[\s;:,.!?—…"“”()]/g, ''))
}

/** Least number of insertions, deletions and substitutions from one to the other. */
function distance(from: readonly string[], to: readonly string[]): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, symbol] of from.entries()) {
    const next = [index + 1]
    for (const [column, other] of to.entries()) {
      next.push(Math.min(row[column + 1]! + 1, next[column]! + 1, row[column]! + (symbol === other ? 0 : 1)))
    }
    row = next
  }
  return row[to.length]!
}

it.skipIf(folder === undefined)(
  `reads 211 sentences as the reference does${folder === undefined ? ' (skipped: PHIZ_TEST_HIBARI is not set)' : ''}`,
  async () => {
    const frontEnd = createFrontEnd(await readFrontEndFiles(folder!))
    const words = new Map(await tableOf('words.tsv'))
    const sentences = await tableOf('sentences.tsv')
    let errors = 0
    let total = 0
    for (const [text, expected] of sentences) {
      const clauses = segment(cleanText(text), { firstLength: 400, maxLength: 400 })
      const readings = clauses.map((clause) => frontEnd.read(clause, (word) => words.get(word)))
      expect(readings.flatMap(({ unknown }) => unknown)).toEqual([])
      const sounds = soundsOf(expected)
      errors += distance(sounds, soundsOf(readings.map(({ phonemes }) => phonemes).join('')))
      total += sounds.length
    }
    expect(sentences).toHaveLength(211)
    // 0.68 %, all of it on purpose: models/hibari/reference/phonemes.md has the list.
    expect(errors / total).toBeLessThan(0.0075)
  },
)

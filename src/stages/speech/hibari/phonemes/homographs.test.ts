import { describe, expect, it } from 'vitest'
import { settleHomographs } from './homographs.js'

/** "We/PRP object/NN" → the tags after settling. */
function settled(sentence: string): string {
  const pairs = sentence.split(' ').map((pair) => pair.split('/') as [string, string])
  const tags = pairs.map(([, tag]) => tag)
  settleHomographs(
    pairs.map(([word]) => word),
    tags,
  )
  return tags.join(' ')
}

describe('settleHomographs', () => {
  it.each([
    ['We/PRP object/NN', 'PRP VBP'],
    ['give/VB you/PRP credit/NN', 'VB PRP NN'],
    ['Have/VBP you/PRP ever/RB read/VB it/PRP', 'VBP PRP RB VBN PRP'],
    ["I/PRP 've/VBP read/VBP it/PRP", 'PRP VBP VBN PRP'],
    ['I/PRP have/VBP to/TO read/VB', 'PRP VBP TO VB'],
    ['We/PRP read/VBP it/PRP', 'PRP VBP PRP'],
    ["We/PRP 're/VBP live/VB", 'PRP VBP JJ'],
    ['it/PRP went/VBD live/VB', 'PRP VBD JJ'],
    ['we/PRP live/VBP here/RB', 'PRP VBP RB'],
    ["they/PRP do/VBP n't/RB live/VB here/RB", 'PRP VBP RB VB RB'],
    ["He/PRP 's/VBZ used/VBN to/IN it/PRP", 'PRP VBZ JJ IN PRP'],
    ['It/PRP is/VBZ used/VBN to/TO make/VB cheese/NN', 'PRP VBZ VBN TO VB NN'],
  ])('%s', (sentence, tags) => {
    expect(settled(sentence)).toBe(tags)
  })
})

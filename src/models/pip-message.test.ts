import { expect, it } from 'vitest'
import { pipProblem } from './pip-message.js'

const NOT_FOUND = `ERROR: Could not find a version that satisfies the requirement tiny==1 (from versions: none)
ERROR: No matching distribution found for tiny==1`

it.each([
  [
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7fd55c0c6010>: Failed to establish a new connection: [Errno -2] Name or service not known')': /simple/tiny/\n" +
      NOT_FOUND,
    'the package index cannot be reached (Failed to establish a new connection: [Errno -2] Name or service not known)',
  ],
  [
    `WARNING: Retrying (Retry(total=0)) after connection broken by 'ReadTimeoutError("HTTPSConnectionPool(host='example.org', port=443): Read timed out. (read timeout=15)")': /simple/tiny/\n` +
      NOT_FOUND,
    "the package index cannot be reached (HTTPSConnectionPool(host='example.org', port=443): Read timed out. (read timeout=15))",
  ],
  [NOT_FOUND, 'Could not find a version that satisfies the requirement tiny==1 (from versions: none)'],
  [
    'WARNING: disk\n\u001b[31mERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\u001b[0m',
    'Could not install packages due to an OSError: [Errno 28] No space left on device',
  ],
  [
    'ERROR: Exception:\nTraceback (most recent call last):\n  File "x.py", line 1\nPermissionError: [Errno 13] Permission denied: \'/x\'',
    "PermissionError: [Errno 13] Permission denied: '/x'",
  ],
  ['WARNING: only this\nno such option: --no-input', 'no such option: --no-input'],
  ['', 'it ended without a word'],
])('finds the line that says why: %#', (text, problem) => {
  expect(pipProblem(text)).toBe(problem)
})

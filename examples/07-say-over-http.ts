/**
 * A script that lets a server speak: every part of the answer is used as it comes, by the length in its head.
 *
 *   npx phiz serve
 *   npx tsx examples/07-say-over-http.ts http://localhost:8080 frames/
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [server = 'http://localhost:8080', folder] = process.argv.slice(2)
if (folder !== undefined) mkdirSync(folder, { recursive: true })

const response = await fetch(`${server}/v1/say`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ text: 'Hello from a script.', emotion: 'happy' }),
})
if (!response.ok || response.body === null) throw new Error(await response.text())

const HEAD_END = '\r\n\r\n'
const counts: Record<string, number> = {}
let left = Buffer.alloc(0)
for await (const piece of response.body as ReadableStream<Uint8Array>) {
  left = Buffer.concat([left, piece])
  for (;;) {
    const headEnd = left.indexOf(HEAD_END)
    if (headEnd < 0) break
    const head = left.toString('latin1', 0, headEnd)
    const from = headEnd + HEAD_END.length
    const to = from + Number(/^Content-Length: (\d+)/m.exec(head)![1])
    if (left.length < to + 2) break
    take(/^X-Phiz-Kind: (\w+)/m.exec(head)![1]!, left.subarray(from, to))
    left = left.subarray(to + 2)
  }
}
console.log(counts)

function take(kind: string, content: Buffer): void {
  const count = counts[kind] ?? 0
  counts[kind] = count + 1
  if (kind === 'frame' && folder !== undefined) writeFileSync(join(folder, `${count}.jpg`), content)
  if (kind !== 'event') return
  const event = JSON.parse(content.toString()) as { type: string; text?: string }
  console.log(event.type, event.text ?? '')
}

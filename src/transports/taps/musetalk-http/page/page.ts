import { createHash } from 'node:crypto'
import { MARKUP } from './markup.js'
import { SCRIPT } from './script.js'
import { STYLE } from './style.js'

/** The built-in page: one document that loads nothing from elsewhere. */
export const PAGE = `<!DOCTYPE html>
<html lang="zh">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>MuseTalk 流式视频</title>
  <link rel="icon" href="data:,">
  <style>${STYLE}</style>
</head>
<body>${MARKUP}
  <script>${SCRIPT}</script>
</body>
</html>
`

/** Its Content-Security-Policy: nothing runs in it but what it brings along, and it talks to its own server only. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

import { isLoopback } from './loopback.js'

/**
 * Which web pages may open WebSockets here. A browser lets every page connect to every server and read what it
 * answers, so that the server has to say no: to all but the pages that this machine serves itself, and those allowed.
 *
 * @param allowed origins separated by commas; `null` stands for pages opened from a file, `*` for all pages
 */
export function originPolicy(allowed: string): (origin: string) => boolean {
  const listed = new Set(allowed.split(',').map((origin) => origin.trim().toLowerCase()))
  if (listed.has('*')) return () => true
  return (origin) =>
    listed.has(origin.toLowerCase()) || (URL.canParse(origin) && isLoopback(new URL(origin).hostname))
}

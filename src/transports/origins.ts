import { isIP } from 'node:net'
import { isLoopback } from './loopback.js'

/**
 * Which web pages may use what is served here. A browser lets every page send requests to every server, and open
 * WebSockets to it and read what they bring, so that the server has to say no: to all but the pages of this machine,
 * the pages that the server itself serves, and those allowed.
 *
 * A page is the server's own when its origin is the host that the request went to. Only addresses count for that: a
 * name may be a stranger's, pointed to this machine (DNS rebinding).
 *
 * @param allowed origins separated by commas; `null` stands for pages opened from a file, `*` for all pages
 * @returns of a page's origin, and the `Host` header of its request, whether it may
 */
export function originPolicy(allowed: string): (origin: string, host?: string) => boolean {
  const listed = new Set(allowed.split(',').map((origin) => origin.trim().toLowerCase()))
  if (listed.has('*')) return () => true
  return (origin, host) => {
    if (listed.has(origin.toLowerCase())) return true
    if (!URL.canParse(origin)) return false
    const page = new URL(origin)
    return isLoopback(page.hostname) || (page.host === host && isAddress(page.hostname))
  }
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
}

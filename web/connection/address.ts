/**
 * The address of the conversation for a page at `page`: beside it, also under a path of another server, and with the
 * key that the page was opened with.
 */
export function converseAddress(page: string): string {
  const address = new URL('v1/converse', page)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const key = new URL(page).searchParams.get('api_key')
  if (key !== null) address.searchParams.set('api_key', key)
  return address.href
}

/**
 * The address of something on the server, for a page at `page`: beside it, also under a path of another server, and
 * with the key that the page was opened with.
 * @param path as the server names it, with a slash before it or without
 */
export function serverAddress(page: string, path: string): string {
  const address = new URL(path.replace(/^\/+/, ''), page)
  const key = new URL(page).searchParams.get('api_key')
  if (key !== null) address.searchParams.set('api_key', key)
  return address.href
}

/** The address of the conversation for a page at `page`. */
export function converseAddress(page: string): string {
  // `http` becomes `ws`, and `https` becomes `wss`.
  return serverAddress(page, 'v1/converse').replace(/^http/, 'ws')
}

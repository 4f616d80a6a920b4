/** What the page remembers of its visitor. Where the browser keeps nothing, it remembers nothing. */
type Preference = 'language' | 'appearance' | 'view'

const PREFIX = 'phiz.'

export function remembered(preference: Preference): string | undefined {
  try {
    return localStorage.getItem(PREFIX + preference) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(preference: Preference, value: string): void {
  try {
    localStorage.setItem(PREFIX + preference, value)
  } catch {
    // It is a convenience.
  }
}

import { element } from '../elements.js'
import { remember, remembered } from '../preferences.js'

/** Light or dark: as the system wishes, until the visitor wishes otherwise. */
export function appearanceButton(): void {
  const root = document.documentElement
  const chosen = remembered('appearance')
  if (chosen === 'light' || chosen === 'dark') root.dataset['appearance'] = chosen
  element('appearance', HTMLButtonElement).addEventListener('click', () => {
    const systemIsDark = matchMedia('(prefers-color-scheme: dark)').matches
    const now = root.dataset['appearance'] ?? (systemIsDark ? 'dark' : 'light')
    const next = now === 'dark' ? 'light' : 'dark'
    root.dataset['appearance'] = next
    remember('appearance', next)
  })
}

/** What a page's script sees and does, in a browser or in something that behaves like one. */
export interface Page {
  /** Runs a script and returns its value, which must be JSON. */
  evaluate(script: string): Promise<unknown>
  close(): Promise<void>
}

/** Comes before a client's script: keeps what the script logs, and what it throws, in `logged`. */
export const LOGGING = `
var logged = []
console.log = (...values) => logged.push(values)
globalThis.onerror = (message) => { logged.push(['error', String(message)]) }
globalThis.onunhandledrejection = ({ reason }) => { logged.push(['rejection', String(reason)]) }
`

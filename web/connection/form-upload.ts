/** What is sent, and who follows it. */
export interface FormUpload {
  readonly url: string
  readonly form: FormData
  readonly headers?: Readonly<Record<string, string>>
  /** Gives it up. */
  readonly signal: AbortSignal
  /** Told how much has been sent, 0–1. */
  readonly onSent: (share: number) => void
  /** Told all of the answer so far, each time that more of it is there; not of a refusal. */
  readonly onAnswer?: (text: string) => void
}

/** An answer of the server, read to its end. */
export interface FormAnswer {
  readonly ok: boolean
  readonly text: string
}

/**
 * Sends a form and tells how far it is, which `fetch` cannot.
 * @throws what the signal aborts with; TypeError when the server cannot be reached, or goes away
 */
export function uploadForm({
  url,
  form,
  headers = {},
  signal,
  onSent,
  onAnswer,
}: FormUpload): Promise<FormAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const giveUp = (): void => request.abort()
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0))
    request.upload.addEventListener('load', () => onSent(1))
    const isOk = (): boolean => request.status >= 200 && request.status < 300
    const tell = (): void => {
      if (isOk()) onAnswer?.(request.responseText)
    }
    request.addEventListener('progress', tell)
    request.addEventListener('load', () => {
      tell()
      resolve({ ok: isOk(), text: request.responseText })
    })
    request.addEventListener('error', () => reject(new TypeError('The server cannot be reached.')))
    request.addEventListener('abort', () => reject(signal.reason as Error))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', giveUp))
    signal.addEventListener('abort', giveUp)
    request.open('POST', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.send(form)
  })
}

import { resolve, sep } from 'node:path'
import { InputError } from '../errors.js'
import type { Device } from './device.js'
import type { GraphBytes, OrtSession, ProgramContext, SessionOptions } from './program.js'

/** The context a program is loaded with; keeps its sessions, so that none outlives the program. */
export class HostedContext implements ProgramContext {
  readonly folder: string
  readonly device: Device
  readonly #sessions: OrtSession[] = []

  constructor(folder: string, device: Device) {
    this.folder = folder
    this.device = device
  }

  async createSession(graph: string | GraphBytes, options: SessionOptions = {}): Promise<OrtSession> {
    const source = typeof graph === 'string' ? this.#pathOf(graph) : graph
    // A program without graphs, such as the portrait renderer, never loads the library.
    const { createOrtSession } = await import('./ort.js')
    const session = await createOrtSession(source, options.device ?? this.device, options)
    this.#sessions.push(session)
    return session
  }

  /** Releases every session that the program has not released itself. */
  async release(): Promise<void> {
    for (const session of this.#sessions.splice(0)) await session.release()
  }

  #pathOf(file: string): string {
    const path = resolve(this.folder, file)
    if (path.startsWith(resolve(this.folder) + sep)) return path
    throw new InputError(`file is "${file}"; it must be a path inside the model's folder ${this.folder}.`)
  }
}

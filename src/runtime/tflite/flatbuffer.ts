import { ModelLoadError } from '../../errors.js'

/** Position of a table in the bytes. */
export type Table = number

/** Elements of a vector: how many, and where the first one is. */
export interface Vector {
  readonly count: number
  readonly at: number
}

/** Size of an offset, of a table reference and of a vector's length. */
const WORD = 4

/**
 * Reads FlatBuffers, whatever the schema. Every position is checked before it is read, so that damaged bytes give an
 * error and never something outside of them.
 *
 * Layout: https://flatbuffers.dev/internals. A table begins with the distance back to its vtable, which lists, for
 * each field, its distance from the table's start; 0 or a vtable that is too short stand for the field's default.
 */
export class FlatBuffer {
  readonly bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The four letters after the root's offset, which name the schema. */
  get identifier(): string {
    this.#need(WORD, WORD)
    return String.fromCharCode(...this.bytes.subarray(WORD, 2 * WORD))
  }

  root(): Table {
    return this.#reference(0)
  }

  int8(table: Table, field: number, missing = 0): number {
    const at = this.#field(table, field, 1)
    return at === undefined ? missing : this.#view.getInt8(at)
  }

  int32(table: Table, field: number, missing = 0): number {
    const at = this.#field(table, field, WORD)
    return at === undefined ? missing : this.#view.getInt32(at, true)
  }

  /** The table that a field refers to. */
  table(table: Table, field: number): Table | undefined {
    const at = this.#field(table, field, WORD)
    return at === undefined ? undefined : this.#reference(at)
  }

  /** @param elementSize - Bytes of one element. */
  vector(table: Table, field: number, elementSize: number): Vector | undefined {
    const reference = this.table(table, field)
    if (reference === undefined) return undefined
    this.#need(reference, WORD)
    const count = this.#view.getUint32(reference, true)
    const at = reference + WORD
    this.#need(at, count * elementSize)
    return { count, at }
  }

  /** The tables of a vector of tables; none where the field is missing. */
  tables(table: Table, field: number): Table[] {
    const vector = this.vector(table, field, WORD)
    if (vector === undefined) return []
    return Array.from({ length: vector.count }, (_, k) => this.#reference(vector.at + WORD * k))
  }

  /** The elements of a vector of int32; none where the field is missing. */
  int32s(table: Table, field: number): number[] {
    const vector = this.vector(table, field, WORD)
    if (vector === undefined) return []
    return Array.from({ length: vector.count }, (_, k) => this.#view.getInt32(vector.at + WORD * k, true))
  }

  /** The elements of a vector of bytes, as a view; undefined where the field is missing. */
  octets(table: Table, field: number): Uint8Array | undefined {
    const vector = this.vector(table, field, 1)
    return vector && this.bytes.subarray(vector.at, vector.at + vector.count)
  }

  text(table: Table, field: number): string {
    return new TextDecoder().decode(this.octets(table, field) ?? new Uint8Array())
  }

  #reference(at: number): number {
    this.#need(at, WORD)
    return at + this.#view.getUint32(at, true)
  }

  #field(table: Table, field: number, size: number): number | undefined {
    this.#need(table, WORD)
    const vtable = table - this.#view.getInt32(table, true)
    this.#need(vtable, WORD)
    const entry = WORD + 2 * field
    if (entry + 2 > this.#view.getUint16(vtable, true)) return undefined
    this.#need(vtable + entry, 2)
    const distance = this.#view.getUint16(vtable + entry, true)
    if (distance === 0) return undefined
    this.#need(table + distance, size)
    return table + distance
  }

  #need(at: number, size: number): void {
    if (at < 0 || at + size > this.bytes.length) {
      throw new ModelLoadError(
        `The TFLite model is damaged: it refers to byte ${at + size}, but has ${this.bytes.length}.`,
      )
    }
  }
}

/** One thing that is measured. */
export interface Scenario {
  readonly name: string
  /**
   * What it needs that is not here, in words; undefined where nothing is missing. Left out, it needs nothing that does not
   * come with the repository.
   */
  needs?(): string | undefined
  run(options: ScenarioOptions): Promise<readonly Row[]>
}

/** What the command line says about the length of a run. */
export interface ScenarioOptions {
  /** How long the parts of a scenario go on that go on for a time; each has its own default. */
  readonly seconds?: number
}

/** One figure, the goal it is held against, and the raw values behind it. */
export interface Row {
  readonly figure: string
  readonly value: number
  readonly unit: string
  /** What the project promises, such as `≤ 60`; left out where nothing is promised. */
  readonly goal?: string
  readonly met?: boolean
  readonly raw?: readonly number[]
}

/** A row that is held against an upper bound. */
export function atMost(bound: number, row: Omit<Row, 'goal' | 'met'>): Row {
  return { ...row, goal: `≤ ${bound}`, met: row.value <= bound }
}

/** A row that is held against a lower bound. */
export function atLeast(bound: number, row: Omit<Row, 'goal' | 'met'>): Row {
  return { ...row, goal: `≥ ${bound}`, met: row.value >= bound }
}

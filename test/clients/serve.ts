import { startPhiz, type Finished } from '../run-phiz.js'

/** `phiz serve` as a process of its own, with every port chosen by the system. */
export interface Served {
  readonly pid: number
  /** Addresses of the taps by name, such as `ws://127.0.0.1:40001`. */
  readonly taps: Readonly<Record<string, string>>
  /** Address of the gateway. */
  readonly gateway: string
  /** Stops it as Ctrl-C does. */
  stop(): Promise<Finished>
}

/**
 * Starts the built server, with small pictures that leave as soon as they are drawn, and waits until it is ready.
 * @param cwd the folder that clients' relative paths start from
 */
export async function servePhiz(
  cwd: string,
  { args = [], environment = {} }: { args?: readonly string[]; environment?: Record<string, string> } = {},
): Promise<Served> {
  const { child, printed, finished } = startPhiz(['serve', '--port', '0', '--log-level', 'warn', ...args], {
    cwd,
    environment: {
      PHIZ_VIDEO_SIZE: '128',
      PHIZ_TAPS_PACE: 'unlimited',
      // A machine that does much else would measure that it carries few.
      PHIZ_CONVERSE_MAX_CONVERSATIONS: '16',
      ...environment,
    },
  })
  const [block, gateway] = await printed(/phiz is at (\S+)\n(?: {2}.+\n)+/)
  while ((await fetch(`${gateway!}/readyz`)).status !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  // Taps that share a port stand in one line: `lam+dicetalk`.
  const places = [...block.matchAll(/\(([\w+-]+)\) is at (\S+)/g)].flatMap(([, names, address]) =>
    names!.split('+').map((name) => [name, address!] as const),
  )
  return {
    pid: child.pid!,
    taps: Object.fromEntries(places),
    gateway: gateway!,
    stop: () => {
      child.kill('SIGTERM')
      return finished
    },
  }
}

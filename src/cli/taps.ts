import { delimiter, join } from 'node:path'
import type { Config } from '../config/schema.js'
import { claimFolder } from '../storage/claim.js'
import { isLoopback } from '../transports/loopback.js'
import { createDicetalkTap } from '../transports/taps/dicetalk-http/tap.js'
import { createIndexttsTap } from '../transports/taps/indextts-ws/tap.js'
import { createLamTap } from '../transports/taps/lam-http/tap.js'
import type { MediaRoots } from '../transports/taps/media-path.js'
import { createMusetalkHttpTap } from '../transports/taps/musetalk-http/tap.js'
import type { JobReport } from '../transports/taps/musetalk-ws/job.js'
import { createMusetalkTap } from '../transports/taps/musetalk-ws/tap.js'
import { sharePort } from '../transports/taps/shared-port.js'
import type { Tap, TapServices } from '../transports/taps/tap.js'

/** The taps that the configuration wants. */
export interface ConfiguredTaps {
  /** Every tap, to be mounted under the gateway and closed at the end. */
  readonly taps: readonly Tap[]
  /** What listens where. */
  readonly doors: readonly { readonly tap: Tap; readonly port: number }[]
}

/** Makes the taps that the configuration wants. */
export function configuredTaps(
  config: Config,
  services: TapServices,
  onReport: (report: JobReport) => void,
): ConfiguredTaps {
  const { taps: ports } = config
  const { pace } = ports
  const mediaRoots = mediaRootsOf(config)
  const gpuAvailable = config.device !== 'cpu'
  const outputDirectory = ports.resultsDirectory

  const single = [
    ...wanted(ports['musetalk-ws'], () => createMusetalkTap(services, { pace, mediaRoots, onReport })),
    ...wanted(ports['musetalk-http'], () =>
      createMusetalkHttpTap(services, { pace, mediaRoots, outputDirectory }),
    ),
    ...wanted(ports['indextts-ws'], () => createIndexttsTap(services, { mediaRoots })),
  ]
  const lam = wanted(ports.lam, () => createLamTap(services, { gpuAvailable }))
  const dicetalk = wanted(ports.dicetalk, () =>
    createDicetalkTap(services, {
      ...dicetalkFolders(config),
      film: () => Promise.resolve(services.catalogue.film()),
      gpuAvailable,
    }),
  )
  const [motion, film] = [lam[0], dicetalk[0]]
  const shared =
    motion !== undefined && motion.port === film?.port
      ? [{ tap: sharePort(motion.tap, film.tap), port: motion.port }]
      : [...lam, ...dicetalk]
  return { taps: [...single, ...lam, ...dicetalk].map(({ tap }) => tap), doors: [...single, ...shared] }
}

/** Where DICE-Talk's tasks and log are kept. Of several servers on one folder, one at a time has the tasks. */
function dicetalkFolders({
  dataDirectory,
  taps,
}: Config): Pick<Parameters<typeof createDicetalkTap>[1], 'folder' | 'logFile' | 'claim'> {
  const folder = join(dataDirectory, 'films')
  return {
    folder,
    logFile: join(taps.logDirectory, 'api.log'),
    claim: () => claimFolder(dataDirectory, 'films', 'Film folder'),
  }
}

/** Everything for people on this machine, nothing for others, unless the configuration says what. */
export function mediaRootsOf({ gateway, taps }: Config): MediaRoots {
  const folders = taps.mediaRoots.split(delimiter).filter((folder) => folder !== '')
  return folders.length === 0 && isLoopback(gateway.host) ? 'anything' : folders
}

function wanted(port: number | 'off', create: () => Tap): { tap: Tap; port: number }[] {
  return port === 'off' ? [] : [{ tap: create(), port }]
}

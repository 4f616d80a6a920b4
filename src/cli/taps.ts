import { delimiter } from 'node:path'
import type { Config } from '../config/schema.js'
import { isLoopback } from '../transports/loopback.js'
import { createIndexttsTap } from '../transports/taps/indextts-ws/tap.js'
import { createLamTap } from '../transports/taps/lam-http/tap.js'
import type { MediaRoots } from '../transports/taps/media-path.js'
import type { JobReport } from '../transports/taps/musetalk-ws/job.js'
import { createMusetalkTap } from '../transports/taps/musetalk-ws/tap.js'
import type { Tap, TapServices } from '../transports/taps/tap.js'

/** The taps that the configuration wants, and their ports. */
export function configuredTaps(
  config: Config,
  services: TapServices,
  onReport: (report: JobReport) => void,
): readonly { readonly tap: Tap; readonly port: number }[] {
  const { pace, 'musetalk-ws': musetalk, 'indextts-ws': indextts, lam } = config.taps
  const mediaRoots = mediaRootsOf(config)
  return [
    ...wanted(musetalk, () => createMusetalkTap(services, { pace, mediaRoots, onReport })),
    ...wanted(indextts, () => createIndexttsTap(services, { mediaRoots })),
    ...wanted(lam, () => createLamTap(services, { gpuAvailable: config.device !== 'cpu' })),
  ]
}

/** Everything for people on this machine, nothing for others, unless the configuration says what. */
export function mediaRootsOf({ gateway, taps }: Config): MediaRoots {
  const folders = taps.mediaRoots.split(delimiter).filter((folder) => folder !== '')
  return folders.length === 0 && isLoopback(gateway.host) ? 'anything' : folders
}

function wanted(port: number | 'off', create: () => Tap): { tap: Tap; port: number }[] {
  return port === 'off' ? [] : [{ tap: create(), port }]
}

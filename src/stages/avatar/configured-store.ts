import { join } from 'node:path'
import type { Config } from '../../config/schema.js'
import { AvatarStore } from './store.js'

/** The avatars of the data directory. */
export function avatarStore(config: Config): AvatarStore {
  return new AvatarStore(join(config.dataDirectory, 'avatars'))
}

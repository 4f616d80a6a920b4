import type { Config } from '../config/schema.js'
import { modelStore } from '../models/installed.js'
import { pinOf, type KnownModel } from '../models/known-models.js'
import type { ModelState } from '../models/store.js'
import { tryGraph } from '../models/trial.js'
import { describeModel } from './models-description.js'
import type { Finding, ShelfModel } from './models-shelf.js'

/** A model that is brought in by pip, for `phiz models`. */
export function pinnedModel(config: Config, id: KnownModel): ShelfModel {
  const pin = pinOf(id)
  const store = modelStore(config)
  const folder = store.folderOf(pin)
  const finding = (found: ModelState): Finding => ({
    state: found.state,
    words: describeModel(pin, found),
    json: { version: pin.version, license: pin.license, folder, ...found },
  })
  return {
    id,
    title: pin.title,
    folder,
    look: () => finding(store.look(pin)),
    verify: async (signal) => finding(await store.verify(pin, signal)),
    tryOut: async (signal) => {
      await tryGraph(folder, pin.trial, signal)
      return `${pin.trial.graph} runs`
    },
    remove: () => store.remove(pin),
  }
}

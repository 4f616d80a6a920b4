import { pathToFileURL } from 'node:url'
import { UnavailableError } from '../../../../errors.js'
import { defineProgram, type Program } from '../../../../runtime/program.js'
import { readAvatar } from '../../../avatar/read.js'
import { loadAvatarRig, loadCanonicalFace } from '../avatar.js'
import { loadPhotoRig } from '../photo/load-photo.js'
import type { Rig } from '../rig.js'
import { encodeTexture } from './encode-texture.js'
import { rigGlb, rigParts } from './rig-glb.js'

/** Whose rig: the built-in face's, or that of a portrait in the store. */
export type RigSubject =
  | { readonly kind: 'built-in' }
  | { readonly kind: 'portrait'; readonly id: string; readonly folder: string; readonly revision: string }

/** Size of the frame for which rigs are built; their textures are larger by half. */
const SIZE = 512

/** The worker's program: makes the GLB of one rig. Reading a photo's takes some hundred milliseconds of computing. */
export default defineProgram((context): Program<null, RigSubject, Uint8Array<ArrayBuffer>> => ({
  open: () => ({
    process: async (subject) => {
      const rig = await loadRig(subject, pathToFileURL(`${context.folder}/`))
      const parts = rigParts(rig)
      const opaque = new Map(parts.map((part) => [part.texture, part.opaque]))
      const textures = new Map(
        await Promise.all(
          Array.from(
            opaque,
            async ([picture, whole]) => [picture, await encodeTexture(picture, whole)] as const,
          ),
        ),
      )
      return rigGlb(subject.kind === 'built-in' ? 'phiz' : subject.id, rig, parts, textures)
    },
  }),
  transfer: (glb) => [glb.buffer],
}))

async function loadRig(subject: RigSubject, modelFolder: URL): Promise<Rig> {
  if (subject.kind === 'built-in') return loadAvatarRig(SIZE, modelFolder)
  const [face, avatar] = await Promise.all([loadCanonicalFace(modelFolder), readAvatar(subject.folder)])
  if (avatar.kind !== 'portrait' || avatar.manifest.revision !== subject.revision) {
    throw new UnavailableError(`The avatar "${subject.id}" has just been replaced; try again.`, {
      retryable: true,
    })
  }
  return loadPhotoRig(face, avatar, SIZE)
}

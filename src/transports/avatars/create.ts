import { randomUUID } from 'node:crypto'
import { InputError, PhizError } from '../../errors.js'
import { checkAvatarId } from '../../stages/avatar/avatar-id.js'
import { createAvatar } from '../../stages/avatar/create.js'
import type { AvatarObserver, AvatarServices } from '../../stages/avatar/job.js'
import type { AvatarManifest } from '../../stages/avatar/manifest.js'
import { readForm, type Form } from '../http/form.js'
import { sourceKind } from '../http/source-kind.js'
import { withoutPlace } from '../http/without-place.js'
import { creationOf } from './protocol.js'

/** There is an avatar of this id, and it is not to be replaced: HTTP 409. */
export class TakenError extends InputError {}

/**
 * Makes an avatar of what a client uploads. The upload goes to the disk as it comes, and is gone when the promise
 * settles.
 *
 * @throws TakenError; what {@link readForm} and {@link createAvatar} throw, without the places of this machine
 */
export async function createUploaded(
  services: AvatarServices,
  request: Request,
  observer: AvatarObserver,
): Promise<AvatarManifest> {
  const { store, limits } = services
  const { signal } = observer
  await using form: Form = await readForm(request, {
    files: { file: Math.max(limits.maxImageBytes, limits.maxVideoBytes) },
    signal,
  })
  const { file, id = newId(), replace } = creationOf(form.fields)
  if (!replace && (await isTaken(services, checkAvatarId(id)))) {
    throw new TakenError(`There is already an avatar "${id}"; replace=true replaces it, or take another id.`)
  }
  const kind = await sourceKind(file.path, 'file')
  const name = kind === 'video' ? 'the file' : 'the photo'
  try {
    return await createAvatar(services, { id, source: { kind, path: file.path, name }, replace }, observer)
  } catch (error) {
    throw withoutPlace(error, { path: store.folder, name: 'this server' })
  }
}

function newId(): string {
  return `face-${randomUUID().slice(0, 8)}`
}

async function isTaken({ store }: AvatarServices, id: string): Promise<boolean> {
  return store.get(id).then(
    () => true,
    // A damaged one is there as well.
    (error: unknown) => !(PhizError.isInstance(error) && error.code === 'not-found'),
  )
}

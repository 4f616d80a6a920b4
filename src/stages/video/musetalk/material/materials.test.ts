/** What MuseTalk keeps of a face, through the store and real workers. A little over 300 lines: one set of faces serves all. */
import { cp, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filmPortrait, PORTRAIT } from '../../../../../test/media/film-portrait.js'
import { halvesToFloats } from '../../../../dsp/half-float.js'
import { UnavailableError } from '../../../../errors.js'
import type { ExportedModel } from '../../../../models/exported.js'
import { parseExported } from '../../../../models/exported-manifest.js'
import { ModelRegistry } from '../../../../runtime/registry.js'
import { createAvatar } from '../../../avatar/create.js'
import type { AvatarProgress, AvatarServices } from '../../../avatar/job.js'
import { readAvatar } from '../../../avatar/read.js'
import { AvatarStore } from '../../../avatar/store.js'
import { faceModel } from '../../../face/model.js'
import type faceProgram from '../../../face/program.js'
import type { AvatarPlace } from '../../portrait/subject.js'
import { LATENT_VALUES } from '../contract.js'
import { writeAveragingModel } from '../fixtures/averaging-model.js'
import { BASE_FILE, LATENTS_FILE, MASKS_FILE, MATERIAL_FILE } from './manifest.js'
import { Materials, type Material, type MaterialOptions } from './materials.js'
import { readMaterial } from './read.js'
import { draftedSource, materialSource } from './source.js'

const SIZE = 192
const FRAMES = 4
const LIMITS = {
  maxImageBytes: 33_554_432,
  maxImagePixels: 100_000_000,
  maxVideoBytes: 33_554_432,
  maxVideoSeconds: 10,
}

const signal = new AbortController().signal
/** Pieces of work that the preparation did. */
let steps = 0
const registry = new ModelRegistry({
  device: { kind: 'cpu' },
  onStep: ({ model, method }) => {
    if (model === 'musetalk-prepare' && method === 'process') steps += 1
  },
})

let folder: string
let store: AvatarStore
let services: AvatarServices
let model: ExportedModel
let options: MaterialOptions
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-materials-'))
  store = new AvatarStore(join(folder, 'avatars'))
  services = { store, faces: () => registry.load<typeof faceProgram>(faceModel()), limits: LIMITS }
  model = await writeAveragingModel(join(folder, 'model'))
  options = { mode: 'realtime', extraMargin: 10, dataDirectory: folder, threads: 1 }
  const film = join(folder, 'film.mp4')
  const shots = Array.from({ length: FRAMES }, (_, i) => ({ x: 150 + 8 * i, y: 110, scale: 1.1 }))
  await filmPortrait(film, { width: 320, height: 240, fps: 10, shots })
  await createAvatar(services, { id: 'photo', source: { kind: 'image', path: PORTRAIT } }, { signal })
  await createAvatar(services, { id: 'film', source: { kind: 'video', path: film } }, { signal })
})
afterAll(async () => {
  await registry.shutdown()
  await rm(folder, { recursive: true })
})

async function avatar(id: string): Promise<AvatarPlace> {
  return { folder: store.folderOf(id), manifest: await store.get(id) }
}

/** An avatar that a test has for itself, without what has been prepared of it. */
async function copyOf(id: string, name: string): Promise<AvatarPlace> {
  const own = new AvatarStore(join(folder, name))
  const filter = (path: string): boolean => !basename(path).startsWith('musetalk-')
  await cp(store.folderOf(id), own.folderOf(id), { recursive: true, filter })
  return { folder: own.folderOf(id), manifest: await own.get(id) }
}

function materialsOf(more: Partial<MaterialOptions> = {}, of = model): Materials {
  return new Materials(registry, of, { ...options, ...more })
}

async function latentsOf({ latents }: Material): Promise<Float32Array> {
  const { buffer, byteOffset, length } = await readFile(latents)
  return halvesToFloats(new Uint16Array(buffer.slice(byteOffset, byteOffset + length)))
}

async function contentOf({ folder: place, manifest }: AvatarPlace): Promise<string[]> {
  return (await readdir(join(place, manifest.revision))).sort()
}

const PHOTO_FILES = ['landmarks.f32', 'picture.png', 'preview.jpg']

describe('Materials', () => {
  it('makes the material of a photo once, beside the avatar, which is whole with it', async () => {
    const place = await copyOf('photo', 'once')
    const progress: AvatarProgress[] = []
    steps = 0
    const observer = { signal, onProgress: (step: AvatarProgress) => progress.push(step) }
    const material = await materialsOf().ensure(materialSource(place, SIZE), observer)
    expect(material).toMatchObject({ count: 1, width: SIZE, height: SIZE })
    expect(steps).toBeGreaterThan(0)
    expect(progress).toEqual([
      { phase: 'latents', done: 0, total: 1 },
      { phase: 'latents', done: 1, total: 1, fps: 25 },
    ])
    expect(registry.ids()).not.toContain('musetalk-prepare')

    steps = 0
    expect(await materialsOf().ensure(materialSource(place, SIZE), { signal })).toEqual(material)
    expect(steps).toBe(0)
    expect((await readAvatar(place.folder)).kind).toBe('portrait')
    await new AvatarStore(join(folder, 'once')).remove('photo')
    await expect(readFile(material.latents)).rejects.toThrow('ENOENT')
  })

  it('has a box and a mask in it on the face, and latents of the masked face and of the whole one', async () => {
    const place = await avatar('photo')
    const material = await materialsOf().ensure(materialSource(place, SIZE), { signal })
    const { manifest } = await readMaterial(material.folder)
    const [left, top, right, bottom] = manifest.boxes[0]!
    const [x, y, width, height] = manifest.masks[0]!
    const { landmarks } = await readAvatar(place.folder)
    const [chinX, chinY] = [152 * 3, 152 * 3 + 1].map((i) => (landmarks[i]! * SIZE) / place.manifest.width)
    expect(chinX).toBeGreaterThan(left)
    expect(chinX).toBeLessThan(right)
    expect(bottom - chinY!).toBeGreaterThan(0)
    expect(bottom - chinY!).toBeLessThan(0.1 * (bottom - top))
    // The mask is in the lower part of the box, with the blur of its upper edge.
    expect(y).toBeGreaterThan(top + 0.3 * (bottom - top))
    expect(y + height).toBeLessThanOrEqual(bottom)
    expect(width).toBeGreaterThan(0.7 * (right - left))
    expect(x).toBeGreaterThanOrEqual(left)

    const latents = await latentsOf(material)
    expect(latents).toHaveLength(LATENT_VALUES)
    const [masked, whole] = [latents.subarray(0, 4096), latents.subarray(4096)]
    for (let channel = 0; channel < 4; channel++) {
      const at = channel * 1024
      expect(masked.slice(at, at + 512)).toEqual(whole.slice(at, at + 512))
      expect(new Set(masked.slice(at + 512, at + 1024))).toEqual(new Set([-1]))
    }
    expect(Math.max(...whole.subarray(0, 1024))).toBeGreaterThan(0.2)
  })

  it('prepares each frame of a film', async () => {
    const material = await materialsOf().ensure(materialSource(await avatar('film'), SIZE), { signal })
    expect(material).toMatchObject({ count: FRAMES, width: 320, height: 240, fps: 10 })
    const { manifest, frames } = await readMaterial(material.folder)
    expect(frames).toHaveLength(FRAMES)
    await expect(readFile(frames[FRAMES - 1]!)).resolves.toBeInstanceOf(Buffer)
    // The camera moves 8 pixels a frame.
    const travelled = manifest.boxes[FRAMES - 1]![0] - manifest.boxes[0]![0]
    expect(Math.abs(travelled - 24)).toBeLessThan(5)
    expect((await readFile(material.latents)).length).toBe(FRAMES * LATENT_VALUES * 2)
  })

  it('prepares the built-in face, for each size of its own', async () => {
    const materials = materialsOf()
    const [large, small] = await Promise.all(
      [SIZE, 128].map((size) => materials.ensure(materialSource(undefined, size), { signal })),
    )
    expect([large!.width, small!.width]).toEqual([SIZE, 128])
    const [left, top, right, bottom] = (await readMaterial(large!.folder)).manifest.boxes[0]!
    expect((left + right) / 2 / SIZE).toBeCloseTo(0.5, 1)
    expect((right - left) / SIZE).toBeGreaterThan(0.3)
    expect((bottom - top) / (right - left)).toBeGreaterThan(1)
  })

  it('tells the jaw by the parser of faces where the model has one', async () => {
    const folderOfModel = fileURLToPath(new URL('../../../../../test/golden/musetalk/model', import.meta.url))
    const text = await readFile(join(folderOfModel, 'model.json'), 'utf8')
    const parsing: ExportedModel = { folder: folderOfModel, manifest: parseExported(text, 'musetalk', text) }
    const source = materialSource(await copyOf('photo', 'parsed'), SIZE)
    const maskOf = ({ folder: at }: Material): Promise<Buffer> => readFile(join(at, MASKS_FILE))
    const parsed = await materialsOf({ mode: 'reference' }, parsing).ensure(source, { signal })
    const [mask, latents] = [await maskOf(parsed), await latentsOf(parsed)]
    const meshed = await materialsOf({ mode: 'reference' }).ensure(source, { signal })
    expect(Buffer.compare(mask, await maskOf(meshed))).not.toBe(0)
    expect(latents.every(Number.isFinite)).toBe(true)
  })

  it('does work once that is asked for twice at a time', async () => {
    const source = materialSource(await copyOf('film', 'twice'), SIZE)
    const materials = materialsOf()
    steps = 0
    const [one, other] = await Promise.all([
      materials.ensure(source, { signal }),
      materials.ensure(source, { signal }),
    ])
    expect(one).toEqual(other)
    const once = steps
    steps = 0
    await materials.ensure(materialSource(await copyOf('film', 'thrice'), SIZE), { signal })
    expect(once).toBe(steps)
  })

  it('waits for another process that makes the same', async () => {
    const source = materialSource(await copyOf('film', 'elsewhere'), SIZE)
    const [one, other] = await Promise.all([
      materialsOf().ensure(source, { signal }),
      materialsOf().ensure(source, { signal }),
    ])
    expect(one).toEqual(other)
  })

  it('keeps one for each set of parameters, and none of a model that has been replaced', async () => {
    const place = await copyOf('photo', 'stale')
    const source = materialSource(place, SIZE)
    const first = await materialsOf().ensure(source, { signal })
    const wider = await materialsOf({ extraMargin: 30 }).ensure(source, { signal })
    expect(wider.folder).not.toBe(first.folder)
    expect(await contentOf(place)).toHaveLength(PHOTO_FILES.length + 2)

    const other = await writeAveragingModel(join(folder, 'other'), 2)
    const renewed = await materialsOf({}, other).ensure(source, { signal })
    expect(Math.min(...(await latentsOf(renewed)))).toBe(-2)
    expect(await contentOf(place)).toHaveLength(PHOTO_FILES.length + 1)
  })

  it('makes it anew when a file of it is cut', async () => {
    const source = materialSource(await copyOf('photo', 'damaged'), SIZE)
    const material = await materialsOf().ensure(source, { signal })
    for (const file of [LATENTS_FILE, MASKS_FILE, MATERIAL_FILE, BASE_FILE]) {
      const before = await readFile(join(material.folder, file))
      await truncate(join(material.folder, file), before.length - 3)
      expect(await materialsOf().ensure(source, { signal })).toEqual(material)
      expect(await readFile(join(material.folder, file))).toEqual(before)
    }
  })

  it('leaves nothing when it is stopped in the middle, and goes on as long as somebody waits', async () => {
    const place = await copyOf('film', 'stopped')
    const source = materialSource(place, SIZE)
    const materials = materialsOf()
    const before = await contentOf(place)
    const stop = new AbortController()
    const stopped = materials.ensure(source, {
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 2) stop.abort()
      },
    })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(await contentOf(place)).toEqual(before)
    expect(registry.ids()).not.toContain('musetalk-prepare')

    const leave = new AbortController()
    const [left, stayed] = await Promise.allSettled([
      materials.ensure(source, {
        signal: leave.signal,
        onProgress: ({ done }) => {
          if (done === 1) leave.abort()
        },
      }),
      materials.ensure(source, { signal }),
    ])
    expect(left).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    expect(stayed).toMatchObject({ status: 'fulfilled', value: { count: FRAMES } })
  })

  it('does not bring a removed avatar back', async () => {
    const place = await copyOf('photo', 'removed')
    const own = new AvatarStore(join(folder, 'removed'))
    await own.remove('photo')
    const late = materialsOf().ensure(materialSource(place, SIZE), { signal })
    await expect(late).rejects.toThrow(UnavailableError)
    expect(await readdir(own.folder)).toEqual([])
  })

  it('is a part of a creation, of which nothing is left when it fails', async () => {
    const own = new AvatarStore(join(folder, 'created'))
    const progress: string[] = []
    const request = { id: 'anna', source: { kind: 'image', path: PORTRAIT } } as const
    const prepared: AvatarServices = {
      ...services,
      store: own,
      prepare: async (content, draft, observer) => {
        await materialsOf().ensure(draftedSource(content, draft, SIZE), observer)
      },
    }
    const manifest = await createAvatar(prepared, request, {
      signal,
      onProgress: ({ phase, done }) => progress.push(`${phase} ${done}`),
    })
    expect(progress.slice(-2)).toEqual(['latents 0', 'latents 1'])
    steps = 0
    const place = { folder: own.folderOf('anna'), manifest }
    await materialsOf().ensure(materialSource(place, SIZE), { signal })
    expect(steps).toBe(0)

    await rm(join(folder, 'broken'), { recursive: true, force: true })
    await cp(model.folder, join(folder, 'broken'), { recursive: true })
    await truncate(join(folder, 'broken', 'vae-encoder.onnx'), 20)
    const broken = materialsOf({}, { ...model, folder: join(folder, 'broken') })
    const failing: AvatarServices = {
      ...prepared,
      prepare: async (content, draft, observer) => {
        await broken.ensure(draftedSource(content, draft, SIZE), observer)
      },
    }
    const failed = createAvatar(failing, { ...request, id: 'bob' }, { signal })
    await expect(failed).rejects.toMatchObject({ code: 'model-load' })
    expect(await readdir(own.folder)).toEqual(['anna'])
  })
})

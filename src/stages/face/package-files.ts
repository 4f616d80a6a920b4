import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelLoadError, messageOf } from '../../errors.js'
import { readManifest, verifyManifest } from '../../runtime/manifest-files.js'
import { parseFaceContract, type FaceContract } from './contract.js'
import { packedFile, packedFilesOf } from './packed-files.js'

/** The two networks as .tflite files. */
export interface FaceNetworks {
  readonly detector: Uint8Array
  readonly mesh: Uint8Array
}

/**
 * Reads the networks out of the npm package that brings them. Nothing else of the package is used.
 *
 * @param modelFolder - The folder of the face model's `model.json`, which says what the package must hold.
 * @param packageFolder - The folder of the installed package.
 * @throws ModelLoadError when the package is missing, of another version, or not what it should be.
 */
export async function readFaceNetworks(modelFolder: string, packageFolder: string): Promise<FaceNetworks> {
  const contract = parseFaceContract(await readManifest(modelFolder))
  await refuseOtherVersion(packageFolder, contract)
  await verifyManifest(packageFolder, contract, { hash: true })
  const { packed, graphs } = contract
  const files = packedFilesOf(await readFile(join(packageFolder, packed.loader), 'utf8'))
  const data = await readFile(join(packageFolder, packed.data))
  return {
    detector: packedFile(data, files, graphs.detector),
    mesh: packedFile(data, files, graphs.mesh),
  }
}

async function refuseOtherVersion(folder: string, { package: wanted }: FaceContract): Promise<void> {
  const source = join(folder, 'package.json')
  let found: { version?: unknown }
  try {
    found = JSON.parse(await readFile(source, 'utf8')) as typeof found
  } catch (error) {
    throw new ModelLoadError(
      `${source} cannot be read: ${messageOf(error)}. Install the packages again with "npm ci".`,
      { cause: error },
    )
  }
  if (found.version === wanted.version) return
  throw new ModelLoadError(
    `${wanted.name} in ${folder} has the version ${String(found.version)}; ${wanted.version} is needed. ` +
      'Install the packages again with "npm ci".',
  )
}

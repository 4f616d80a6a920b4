import { Texture } from 'three'
import type { GLTFLoaderPlugin, GLTFParser } from 'three/addons/loaders/GLTFLoader.js'

interface Document {
  readonly textures: readonly { readonly source: number }[]
  readonly images: readonly { readonly bufferView: number; readonly mimeType: string }[]
}

/**
 * Decodes the pictures inside a GLB from memory. The loader's own way would fetch them from `blob:` addresses, which
 * the page's security policy refuses.
 */
export function embeddedTextures(parser: GLTFParser): GLTFLoaderPlugin {
  const { textures, images } = parser.json as Document
  return {
    name: 'embedded-textures',
    loadTexture: async (index) => {
      const { bufferView, mimeType } = images[textures[index]!.source]!
      const bytes = (await parser.getDependency('bufferView', bufferView)) as ArrayBuffer
      const texture = new Texture(
        await createImageBitmap(new Blob([bytes], { type: mimeType }), {
          premultiplyAlpha: 'none',
          colorSpaceConversion: 'none',
        }),
      )
      texture.flipY = false
      texture.needsUpdate = true
      return texture
    },
  }
}

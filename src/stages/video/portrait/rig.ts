import { fitSimilarity } from '../../../dsp/mesh-similarity.js'
import type { Picture, ShadeColours, TriangleBatch } from '../../../dsp/raster.js'
import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { authorBlendshapes, type BlendshapeTable } from './blendshapes.js'
import { headVertices, skinTriangles, type CanonicalFace } from './canonical.js'
import { hairVertex, headFrame, sceneVertex } from './head-frame.js'
import { gridSheet, joinFollows, rimSheet, type Follows, type SheetGeometry } from './sheets.js'
import { Surround } from './surround.js'
import type { LidPatch } from './lid-cover.js'
import { lidShapes } from './lids.js'
import { EYES, FACE_VERTEX_COUNT, LID_VERTICES, UPPER_LIP, LOWER_LIP } from './topology.js'

/** RGB, 0–255 each. */
export type Colour = readonly [red: number, green: number, blue: number]

/** Colours that a picture cannot tell: what shows when mouth and eyes move. */
export interface Palette {
  readonly cavity: Colour
  readonly tongue: Colour
  readonly teeth: Colour
  readonly gum: Colour
  readonly sclera: Colour
  readonly caruncle: Colour
  readonly waterline: Colour
  readonly lidShadow: Colour
  /** Lashes of a closed eye, where the face brings its own for open ones. */
  readonly lashes?: Colour
  /** What skin turns to where it turns away from the light, and towards it. */
  readonly shadow: Colour
  readonly shine: Colour
}

/** What a portrait is made of, before it can move. Pictures may be larger than `size`: they cover the same square. */
export interface PortraitParts {
  /** Width and height of the frames, in pixels. */
  readonly size: number
  /** 468 × (x, y, z) in pixels of the frame; z grows away from the viewer, as MediaPipe gives it. Mouth closed. */
  readonly landmarks: ArrayLike<number>
  /** Where `face` shows the landmarks, in pixels of the frame, when it is not their place at rest. */
  readonly pictured?: ArrayLike<number>
  /** All that does not belong to the face: background, body, hair behind the head. Opaque. */
  readonly scene: Picture
  /** Whether `scene` shows the head too, as a photo does: then it is drawn out with the face's outline. */
  readonly sceneShowsHead?: boolean
  /** The face with lids and lips, without eyeballs; fades out beyond the outline. */
  readonly face: Picture
  /** How the lids' texels in `face` change when the eyes close; right eye first. */
  readonly lidPatches?: readonly LidPatch[]
  /** What lies over the face and turns with the head: the front hair. */
  readonly hair?: Picture
  /** Lashes of an upper lid from the outer to the inner corner, roots at the bottom. */
  readonly lashes?: Picture
  readonly eyes: Eyes
  readonly palette: Palette
}

/** Eyeballs that are painted from colours and a drawn iris. */
export interface DrawnEyes {
  readonly kind: 'drawn'
  /** A round iris with its pupil, edge to edge. */
  readonly iris: Picture
  /** Radius of the iris in pixels of the frame. */
  readonly irisRadius: number
}

/** Eyeballs cut out of a photo: index 0 is the right eye, 1 the left. */
export interface PhotographedEyes {
  readonly kind: 'photographed'
  readonly balls: readonly [PhotographedBall, PhotographedBall]
}

export interface PhotographedBall {
  /** What lies between the lids, without iris, and continued behind the lids. Opaque. */
  readonly white: Picture
  /** The iris and its pupil, continued behind the lids; covers the same rectangle as `white`. */
  readonly iris: Picture
  /** The rectangle's upper left corner in pixels of the frame, and how many texels a pixel has. */
  readonly left: number
  readonly top: number
  readonly texelsPerPixel: number
  /** Radius of the iris in pixels of the frame; 0 where no iris was found, and the gaze stays. */
  readonly irisRadius: number
}

export type Eyes = DrawnEyes | PhotographedEyes

/** Displacements of one channel at weight 1, of the vertices that it moves. */
export interface ChannelMoves {
  readonly vertices: Uint16Array
  /** x, y, z in pixels for each of `vertices`. */
  readonly moves: Float32Array
}

/**
 * A portrait that can move: vertices, triangles, textures and how each channel displaces them. Immutable, so that
 * any number of renderers may share it. Vertex order: the 468 of the face, its rim, the scene's grid, the hair's grid.
 */
export interface Rig {
  readonly size: number
  /** Pixels a centimetre of the canonical face. */
  readonly scale: number
  readonly vertexCount: number
  /** x, y, z of every vertex in pixels; z grows away from the viewer and is 0 at the ears. */
  readonly rest: Float32Array
  /** How much of the head's rotation each vertex takes part in, 0–1. */
  readonly headWeight: Float32Array
  /** How much of the chest's rise each vertex takes part in, 0–1. */
  readonly breathWeight: Float32Array
  /** How freely each vertex hangs, 0–1: hair tips sway. */
  readonly swayWeight: Float32Array
  /** What moves along with the face: how far each follower takes part in a face vertex's displacement. */
  readonly follows: Follows
  readonly channels: readonly ChannelMoves[]
  readonly pivot: { readonly x: number; readonly y: number }
  readonly sheets: {
    readonly scene: TriangleBatch
    readonly face: TriangleBatch
    readonly hair?: TriangleBatch
  }
  /** Triangles of the skin, for normals. */
  readonly skin: Uint16Array
  /** Winding of the skin in the picture (y down): 1 where its normals point away from the viewer. */
  readonly winding: -1 | 1
  readonly shadeColours: ShadeColours
  /** How much shading each face vertex takes, 0–1. */
  readonly shadeMask: Float32Array
  readonly lashes?: Picture
  /** Set where the texture of open eyes would smear when the lids close. */
  readonly lidPatches?: readonly LidPatch[]
  readonly eyes: Eyes
  readonly palette: Palette
}

/** Cells along each side of a grid. What hangs on the outline of a face needs finer ones. */
const CELLS = 24
const SURROUND_CELLS = 48

/**
 * Builds the rig of a portrait. Pure; takes some ten milliseconds.
 *
 * @param table What `authorBlendshapes` makes of `face`, where it is at hand.
 */
export function buildRig(
  face: CanonicalFace,
  parts: PortraitParts,
  table: BlendshapeTable = authorBlendshapes(face),
): Rig {
  const { size, landmarks } = parts
  const fit = fitSimilarity(headVertices(face), landmarks)
  const frame = headFrame(landmarks)

  const pictured = parts.pictured ?? landmarks
  const faceSheet = rimSheet(face, landmarks, pictured, frame, fit.scale, parts.face, size)
  const surround = parts.sceneShowsHead ? new Surround(frame, faceSheet.rest, pictured, size) : undefined
  const sceneSheet = gridSheet(
    parts.scene,
    size,
    surround ? SURROUND_CELLS : CELLS,
    (x, y) => surround?.vertexAt(x, y) ?? sceneVertex(frame, x, y),
    faceSheet.vertexCount,
  )
  const hairSheet = parts.hair
    ? gridSheet(
        parts.hair,
        size,
        CELLS,
        (x, y) => hairVertex(frame, x, y),
        faceSheet.vertexCount + sceneSheet.vertexCount,
      )
    : undefined
  const all = [faceSheet, sceneSheet, ...(hairSheet ? [hairSheet] : [])]
  const uv = joinFloats(all, (sheet) => sheet.uv)
  const batch = (sheet: SheetGeometry, texture: Picture): TriangleBatch => ({
    texture,
    triangles: sheet.triangles,
    uv,
  })
  const hairBatch = hairSheet && parts.hair ? { hair: batch(hairSheet, parts.hair) } : {}
  return {
    size,
    scale: fit.scale,
    vertexCount: uv.length / 2,
    rest: joinFloats(all, (sheet) => sheet.rest),
    headWeight: joinFloats(all, (sheet) => sheet.headWeight),
    breathWeight: joinFloats(all, (sheet) => sheet.breathWeight),
    swayWeight: joinFloats(all, (sheet) => sheet.swayWeight),
    follows: joinFollows(all),
    channels: channelMoves(face, table, landmarks, fit),
    pivot: { x: frame.pivotX, y: frame.pivotY },
    sheets: {
      scene: batch(sceneSheet, parts.scene),
      face: batch(faceSheet, parts.face),
      ...hairBatch,
    },
    skin: skinTriangles(face),
    winding: faceSheet.winding,
    shadeColours: { dark: packColour(parts.palette.shadow), light: packColour(parts.palette.shine) },
    shadeMask: shadeMask(),
    ...(parts.lashes ? { lashes: parts.lashes } : {}),
    ...(parts.lidPatches ? { lidPatches: parts.lidPatches } : {}),
    eyes: parts.eyes,
    palette: parts.palette,
  }
}

function channelMoves(
  face: CanonicalFace,
  table: BlendshapeTable,
  landmarks: ArrayLike<number>,
  fit: { readonly scale: number; readonly rotation: Float64Array },
): ChannelMoves[] {
  const lids = lidShapes(face, landmarks)
  return Array.from({ length: BLENDSHAPE_COUNT }, (_, channel) => {
    const canonical = table[channel]!
    const lid = lids.get(BLENDSHAPE_NAMES[channel]!)
    const vertices: number[] = []
    const moves: number[] = []
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const move = [0, 1, 2].map((axis) => {
        let value = lid?.[i * 3 + axis] ?? 0
        for (let c = 0; c < 3; c++) {
          const source = canonical[i * 3 + c]! * (c === 0 ? 1 : -1)
          value += fit.scale * fit.rotation[axis * 3 + c]! * source
        }
        return value
      })
      if (Math.hypot(...move) < 0.01) continue
      vertices.push(i)
      moves.push(...move)
    }
    return { vertices: Uint16Array.from(vertices), moves: Float32Array.from(moves) }
  })
}

/** Lids and the inside of the lips have their own paint; brows are hair. */
function shadeMask(): Float32Array {
  const mask = new Float32Array(FACE_VERTEX_COUNT).fill(1)
  for (const eye of EYES) for (const vertex of eye.brow) mask[vertex] = 0.5
  for (const vertex of LID_VERTICES) mask[vertex] = 0
  for (const rings of [UPPER_LIP, LOWER_LIP]) {
    rings.forEach((ring, r) => {
      for (const vertex of ring) mask[vertex] = [0.55, 0.4, 0.25, 0][r]!
    })
  }
  return mask
}

function packColour([red, green, blue]: Colour): number {
  return (blue << 16) | (green << 8) | red
}

function joinFloats(
  sheets: readonly SheetGeometry[],
  pick: (sheet: SheetGeometry) => Float32Array,
): Float32Array {
  const parts = sheets.map(pick)
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

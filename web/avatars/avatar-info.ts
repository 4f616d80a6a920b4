/** What the server tells of an avatar: see docs/protocol.md. */
export interface AvatarInfo {
  /** null is the built-in face. */
  readonly id: string | null
  readonly kind: 'built-in' | 'portrait' | 'video' | 'damaged'
  /** Path of a small picture on the server. */
  readonly picture?: string
}

/** How far the server is with making an avatar. */
export interface CreationStep {
  readonly phase: 'reading' | 'finding' | 'frames' | 'storing' | 'latents'
  readonly done: number
  readonly total: number
}

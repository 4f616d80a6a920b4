import { setMaxListeners } from 'node:events'
import { CancelledError } from '../../../errors.js'
import type { FramePacket, GapPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds, MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { StageWork } from '../../../pipeline/work.js'
import { untilAborted } from '../../../runtime/cancellation.js'
import type { PoolSession } from '../../../runtime/engine.js'
import { loopFrame, nthOfLoop } from '../portrait/footage/loop.js'
import type { ComposeOrder } from './compose/program.js'
import type { Faces, MusetalkUse } from './engines.js'
import type { HeardFrame } from './hear.js'
import type { Material } from './material/materials.js'
import type { MusetalkStageOptions } from './stage.js'

/** All that frames are made with. */
interface Studio {
  readonly material: Material
  readonly faces: Faces
  readonly compose: PoolSession<ComposeOrder, Uint8Array<ArrayBuffer>>
}

/** Frame packets of one turn, from what its frames hear. */
export class Painting {
  readonly #turn: Turn
  readonly #engines: MusetalkUse
  readonly #options: MusetalkStageOptions
  readonly #work: StageWork
  readonly #ending = new AbortController()
  /** Aborts with the turn, and when nobody listens any more. */
  readonly #signal: AbortSignal
  readonly #drawing = new Set<Promise<unknown>>()
  #studio: Promise<Studio> | undefined

  constructor(name: string, turn: Turn, engines: MusetalkUse, options: MusetalkStageOptions) {
    this.#turn = turn
    this.#engines = engines
    this.#options = options
    this.#work = new StageWork(turn, name)
    this.#signal = AbortSignal.any([turn.signal, this.#ending.signal])
    // Every frame on its way listens, and there are no more of them than have a place.
    setMaxListeners(0, this.#signal)
    // The models load and the face is made ready while the first sound is on its way.
    if (this.#isWanted(0)) void this.#open()
  }

  /** Begins a frame. Where the turn ends first, the promise rejects at once; the work is tracked to its real end. */
  begin(frame: HeardFrame): Promise<FramePacket | GapPacket> {
    const { fps } = this.#options
    const timestamp = framesToMicroseconds(frame.index, fps)
    const duration = framesToMicroseconds(frame.index + 1, fps) - timestamp
    const place = { turn: this.#turn.id, timestamp, duration }
    if (!this.#isWanted(timestamp)) return Promise.resolve({ kind: 'gap', of: 'frame', ...place })
    const drawing = this.#draw(frame, place)
    this.#drawing.add(drawing)
    void this.#turn.track(drawing.finally(() => this.#drawing.delete(drawing)))
    const drawn = untilAborted(drawing, this.#signal)
    // A frame whose turn comes to an end before it leaves is waited for by nobody.
    drawn.catch(ignore)
    return drawn
  }

  /** Lets go of everything, when what is being drawn has been. */
  close(): void {
    this.#ending.abort(new CancelledError('Nobody waits for the frames.'))
    void this.#turn.track(this.#end())
  }

  async #end(): Promise<void> {
    try {
      await Promise.allSettled(this.#drawing)
      const studio = await this.#studio?.catch(ignore)
      await studio?.compose.close()
    } finally {
      this.#engines.end()
    }
  }

  async #draw(
    { index, tokens, mix }: HeardFrame,
    place: Pick<FramePacket, 'turn' | 'timestamp' | 'duration'>,
  ): Promise<FramePacket> {
    const { material, faces, compose } = await this.#open()
    this.#work.begin()
    try {
      const base = this.#baseFrame(index, place.timestamp, material)
      const slack = (): Microseconds => this.#slack(place.timestamp)
      const face =
        mix === 0
          ? undefined
          : await faces.draw({ latents: material.latents, index: base, tokens, slack }, this.#signal)
      const data = await this.#compose(compose, base, face, mix)
      const { width, height } = material
      const packet: FramePacket = { kind: 'frame', ...place, index, data, width, height }
      this.#work.made(packet)
      return packet
    } finally {
      this.#work.end()
    }
  }

  async #compose(
    compose: Studio['compose'],
    index: number,
    face: Uint8Array<ArrayBuffer> | undefined,
    mix: number,
  ): Promise<Uint8Array> {
    const { quality } = this.#options
    const order: ComposeOrder = {
      index,
      quality: typeof quality === 'function' ? quality() : quality,
      ...(face && { face, mix }),
    }
    for await (const jpeg of compose.process(order, face && [face.buffer])) return jpeg
    throw new Error('The composing program ended without a frame')
  }

  /** The frame of the footage that is shown, forwards and backwards. */
  #baseFrame(index: number, timestamp: Microseconds, { fps, count }: Material): number {
    const { mode, zeroOf = () => 0 } = this.#options
    // As published, the footage is counted in frames, whatever its rate.
    if (mode === 'reference') return nthOfLoop(index, count)
    return loopFrame((zeroOf(this.#turn) + timestamp) / MICROSECONDS_PER_SECOND, fps, count)
  }

  /** How long until a frame is played, as far as that is known. */
  #slack(timestamp: Microseconds): Microseconds {
    const { position } = this.#turn.window
    return Number.isFinite(position) ? timestamp - position : 0
  }

  #isWanted(timestamp: Microseconds): boolean {
    return this.#options.wanted?.(timestamp) ?? true
  }

  #open(): Promise<Studio> {
    this.#studio ??= untilAborted(this.#prepare(), this.#signal)
    // Without a frame to draw nobody else would look at its failure.
    this.#studio.catch(ignore)
    return this.#studio
  }

  async #prepare(): Promise<Studio> {
    const signal = this.#signal
    const [material, faces, engine] = await Promise.all([
      // A cancelled painting does not wait for the end of the preparation; its turn does.
      this.#turn.track(this.#options.material(signal)),
      this.#engines.faces(),
      this.#engines.compose(),
    ])
    // Sessions say how many may listen to their signal, which are fewer than listen here.
    const ofSession = AbortSignal.any([signal])
    const compose = await engine.openPool({ material: material.folder }, { signal: ofSession })
    return { material, faces, compose }
  }
}

function ignore(): undefined {
  // Whoever needs the result has been told.
}

import type { EventOf, WireFrame, WireMotion } from 'phiz/client'
import { CaptionTrack, type CaptionNow } from '../captions/caption-track.js'
import { CaptionView } from '../captions/caption-view.js'
import { element } from '../elements.js'
import { FaceCanvas } from './face-canvas.js'
import { LivePictures } from './live-pictures.js'
import { ReposeTrack } from './repose.js'

/** What is seen: the face, and the words beneath it. */
export class Stage {
  readonly #canvas = element('face', HTMLCanvasElement)
  readonly #face = new FaceCanvas(this.#canvas)
  readonly #live: LivePictures
  readonly #captions = new CaptionTrack()
  readonly #captionView = new CaptionView(
    element('caption', HTMLParagraphElement),
    element('announcer', HTMLParagraphElement),
  )
  /** Of the turn that is played, and of the time between turns. */
  #turnRepose = new ReposeTrack([])
  #liveRepose = new ReposeTrack([])
  #avatar: string | null | undefined

  /** @param failed is told of a picture that cannot be shown */
  constructor(failed: (reason: unknown) => void) {
    this.#live = new LivePictures({
      picture: (picture, timestamp) => {
        this.#unveil()
        this.#face.live(picture, this.#liveRepose.at(timestamp))
      },
      failed,
    })
  }

  /** A session begins. @param names the weights' names, in their order */
  open(names: readonly string[]): void {
    this.#turnRepose = new ReposeTrack(names)
    this.#liveRepose = new ReposeTrack(names)
  }

  /** Whose face it is. */
  set avatar(avatar: string | null) {
    if (this.#avatar !== undefined && this.#avatar !== avatar) this.#face.forget()
    this.#avatar = avatar
  }

  /** A turn begins. The face goes on as it was until the turn's first picture. */
  begin(): void {
    this.#live.clear()
    this.#captions.clear()
    this.#captionView.clear()
    this.#turnRepose.clear()
  }

  caption(caption: EventOf<'caption'>): void {
    this.#captions.add(caption)
  }

  motion({ turn, timestamp, weights }: WireMotion): void {
    const repose = turn === 0 ? this.#liveRepose : this.#turnRepose
    repose.add(timestamp, weights)
  }

  /** A picture of the time between turns: shown as soon as it is decoded. */
  live(frame: WireFrame): void {
    this.#live.take(frame)
  }

  /** The turn's picture for now. It is closed here. */
  picture(picture: ImageBitmap, timestamp: number): void {
    this.#unveil()
    this.#face.draw(picture, this.#turnRepose.at(timestamp))
  }

  /**
   * Shows the words of a moment of the turn.
   * @returns the caption of that moment
   */
  words(now: number): CaptionNow | undefined {
    const caption = this.#captions.at(now)
    this.#captionView.show(caption)
    return caption
  }

  /** The turn was cut: the mouth closes, and the words stop. */
  cut(): void {
    this.#captions.clear()
    this.#captionView.cut()
    this.#face.rest()
  }

  /** The turn was played to its end. */
  finish(): void {
    this.#captions.clear()
  }

  /** There is a picture: the drawing that stood in for it goes. */
  #unveil(): void {
    const invitation = element('invitation', HTMLDivElement)
    if (invitation.hidden) return
    invitation.hidden = true
    // Another view of the face may have taken its place.
    this.#canvas.hidden = element('figure', HTMLElement).dataset['view'] === '3d'
  }
}

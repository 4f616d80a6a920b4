/** A server that draws a face for a sound file. One for each protocol. */
export interface RemotePainter {
  /**
   * The frames for a file, as they come: JPEG bytes. Leaving early stops the server's work.
   *
   * @param path of the file, as the server sees it
   * @param frames how many belong to the sound
   * @throws UnavailableError when the server fails, falls silent or says nonsense
   */
  draw(path: string, frames: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

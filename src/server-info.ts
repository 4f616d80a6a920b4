import type { App } from './app.js'
import { MOTION_FPS } from './stages/catalogue.js'
import { VERSION } from './version.js'

/** What `/v1/info` answers: what this server is made of, and its limits. Nothing of its machine. */
export function serverInfo({ config, catalogue }: App): Readonly<Record<string, unknown>> {
  return {
    name: 'phiz',
    version: VERSION,
    device: config.device,
    engines: catalogue.engines,
    motion: { fps: MOTION_FPS, channels: 52 },
    video: {
      fps: config.video.fps,
      width: config.video.size,
      height: config.video.size,
      quality: config.video.quality,
    },
    limits: { maxCharacters: config.speech.maxCharacters },
  }
}

import { encodeJpeg } from '../../src/media/jpeg.js'
import { createMp4Writer } from '../../src/media/mp4.js'
import { drawFaceClip, type FilmedMoment } from '../../test/media/face-clip.js'

const FPS = 25
const WIDTH = 1280
const HEIGHT = 720
/** Frames that are held at once while the film is drawn. */
const BATCH = 25

/** Films the built-in face, talking and moving, as a 720p MP4: there is no face video that may be kept here. */
export async function filmFace(path: string, seconds: number): Promise<void> {
  const film = await createMp4Writer(path, { width: WIDTH, height: HEIGHT, fps: FPS, crf: 17 })
  const count = seconds * FPS
  for (let start = 0; start < count; start += BATCH) {
    const moments = Array.from({ length: Math.min(BATCH, count - start) }, (_, k) => momentOf(start + k))
    const { frames } = await drawFaceClip({ width: WIDTH, height: HEIGHT, fps: FPS, moments })
    for (const [k, { rgb }] of frames.entries()) {
      await film.writeFrame(await encodeJpeg(rgb, WIDTH, HEIGHT, 95), start + k)
    }
  }
  await film.finish()
}

function momentOf(frame: number): FilmedMoment {
  return {
    weights: {
      jawOpen: Math.max(0, 0.35 * Math.sin(frame / 2.3)),
      mouthFunnel: Math.max(0, 0.5 * Math.sin(frame / 5)),
      mouthSmile: 0.2,
      eyeBlink: frame % 70 === 40 ? 1 : 0,
    },
    rotation: [0.04 * Math.sin(frame / 17), 0.12 * Math.sin(frame / 23), 0.05 * Math.sin(frame / 31)],
    shift: [Math.round(20 * Math.sin(frame / 40)), Math.round(6 * Math.sin(frame / 25))],
  }
}

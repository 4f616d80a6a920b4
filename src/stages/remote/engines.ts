import { tmpdir } from 'node:os'
import type { Config } from '../../config/schema.js'
import { ConfigError, InputError } from '../../errors.js'
import { remoteAddress, type RemoteServer } from '../../net/server.js'
import type { FaceVideo } from '../../pipeline/line.js'
import type { AudioPacket, MotionPacket } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'
import type { Emotion } from '../expression/emotion.js'
import { remoteExpression } from '../expression/remote/stage.js'
import type { FilmMaker } from '../film/film.js'
import { remoteFilm } from '../film/remote/film.js'
import type { Life } from '../life.js'
import { singleFlight } from '../single-flight.js'
import type { Speech } from '../speech/load-voice.js'
import { Connections, REMOTE_SAMPLE_RATE, remoteSpeech } from '../speech/remote/stage.js'
import type { DrawingOptions } from '../video/remote/drawing.js'
import type { PictureSize } from '../video/remote/jpeg-size.js'
import { musetalkHttp } from '../video/remote/musetalk-http.js'
import { musetalkSocket } from '../video/remote/musetalk-ws.js'
import { measureFrames, remoteVideo } from '../video/remote/stage.js'

/** What a turn chooses about pictures that a server draws. */
export interface RemoteVideoChoice {
  /** JPEG quality, 10 to 95. */
  readonly quality: number
  /** Frames a second. */
  readonly fps: number
}

/** A face that hears the sound itself. */
type HearingFace = Extract<FaceVideo, { readonly from: 'audio' }>

/** Whether the configuration's name of an engine is the address of a server. */
export function isRemote(engine: string): boolean {
  return engine.includes('://')
}

/** The stages that other servers do; undefined where this one does the work itself. */
export interface RemoteEngines extends AsyncDisposable {
  readonly speech: Speech | undefined
  readonly expression:
    ((fps: number, emotion?: Emotion, life?: Life) => Stage<AudioPacket, MotionPacket>) | undefined
  /**
   * The measures of the frames are those that the server draws: it is asked once.
   * @param avatar the id of an avatar of this server, which another one does not have
   * @throws InputError when there is one, UnavailableError when the server cannot be reached
   */
  readonly video:
    | ((avatar: string | undefined, choice: RemoteVideoChoice) => Promise<HearingFace & PictureSize>)
    | undefined
  readonly film: FilmMaker | undefined
  /** Where each stage is done, for people to read. */
  readonly names: Readonly<Partial<Record<'speech' | 'expression' | 'video', string>>>
}

/**
 * The engines that the configuration gives as URLs. Nothing is connected to before a turn needs it.
 * @throws ConfigError when a setting that a server needs is missing
 */
export function remoteEngines(config: Config): RemoteEngines {
  const { speech, expression, video, film, remote } = config
  const server = (engine: string, does: string): RemoteServer | undefined =>
    isRemote(engine)
      ? { does, address: remoteAddress(engine), timeoutMs: remote.timeoutSeconds * 1000 }
      : undefined
  const voice = server(speech.engine, 'speech')
  const face = server(expression.engine, 'expression')
  const pictures = server(video.engine, 'video')
  const films = server(film.engine, 'film')
  const connections = voice && new Connections(voice)
  const nameOf = (one: RemoteServer | undefined): string | undefined => one && `remote ${one.address.shown}`
  const names = { speech: nameOf(voice), expression: nameOf(face), video: nameOf(pictures) }
  return {
    speech: voice &&
      connections && {
        stage: remoteSpeech({ server: voice, connections, promptAudio: remote.promptAudio || undefined }),
        sampleRate: REMOTE_SAMPLE_RATE,
      },
    expression:
      face &&
      ((fps, emotion, life) =>
        remoteExpression({
          server: face,
          fps,
          seed: expression.seed,
          ...(emotion && { emotion }),
          ...(life && { life }),
        })),
    video: pictures && pictureMaker(pictures, config),
    film: films && remoteFilm({ server: films }),
    names: Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    [Symbol.asyncDispose]: async () => connections?.close(),
  }
}

function pictureMaker(server: RemoteServer, { video, remote }: Config): RemoteEngines['video'] {
  const isSocket = server.address.url.protocol.startsWith('ws')
  if (!isSocket && remote.avatar === '') {
    throw new ConfigError([
      'remote.avatar: a MuseTalk server at an http:// address needs the name of one of its avatars',
    ])
  }
  const mediaDirectory = remote.mediaDirectory || tmpdir()
  const drawing = ({ quality, fps }: RemoteVideoChoice): DrawingOptions => ({
    server,
    mediaDirectory,
    fps,
    painter: isSocket
      ? musetalkSocket(server, quality)
      : musetalkHttp(server, { avatar: remote.avatar, fps }),
  })
  const measures = singleFlight(() => measureFrames(drawing(video), new AbortController().signal))
  return async (avatar, choice) => {
    if (avatar !== undefined) {
      throw new InputError(
        `avatar is "${avatar}"; the video server at ${server.address.shown} has its own. Leave it out${isSocket ? '' : ', or name one of the server in remote.avatar'}.`,
      )
    }
    return { from: 'audio', stage: remoteVideo(drawing(choice)), ...(await measures()) }
  }
}

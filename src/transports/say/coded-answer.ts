import { openAudioStream } from '../../media/audio-stream/open.js'
import { openMp4Stream } from '../../media/mp4-stream.js'
import { Serial } from '../../media/serial.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'
import type { PulledBody } from '../http/pulled-body.js'
import type { Answer } from './answer.js'
import type { AnswerStart } from './parts.js'

/** What makes bytes of media; each call awaited before the next. */
interface Coder {
  readonly kinds: readonly PacketKind[]
  code(packet: Packet): Promise<Uint8Array>
  finish(): Promise<Uint8Array>
  close(): void
}

/** A film in fragments, which plays while it is made. */
export function filmAnswer(body: PulledBody): Answer {
  const open = async ({ audio, video }: AnswerStart): Promise<Coder> => {
    const film = await openMp4Stream({ ...video, sampleRate: audio.sampleRate })
    return {
      kinds: ['audio', 'frame'],
      code: async (packet) => {
        if (packet.kind === 'audio') return film.writeAudio(packet.samples)
        return packet.kind === 'frame' ? film.writeFrame(packet.data, packet.index) : NOTHING
      },
      finish: () => film.finish(),
      close: () => {
        film.close()
      },
    }
  }
  return codedAnswer('video/mp4', open, body)
}

/** The sound alone, as a WAV whose header leaves its length open. */
export function soundAnswer(body: PulledBody): Answer {
  const open = async ({ audio }: AnswerStart): Promise<Coder> => {
    const sound = await openAudioStream('wav', audio.sampleRate)
    return {
      kinds: ['audio'],
      code: async (packet) => (packet.kind === 'audio' ? sound.encode(packet.samples) : NOTHING),
      finish: () => sound.finish(),
      close: () => {
        sound.close()
      },
    }
  }
  return codedAnswer('audio/wav', open, body)
}

const NOTHING = new Uint8Array(0)

function codedAnswer(
  contentType: string,
  open: (start: AnswerStart) => Promise<Coder>,
  body: PulledBody,
): Answer {
  const serial = new Serial()
  let coder: Coder | undefined
  return {
    contentType,
    open: async (start, signal) => {
      const opened = await open(start)
      coder = opened
      const send = (coded: () => Promise<Uint8Array>): Promise<void> =>
        serial.run(async () => {
          signal.throwIfAborted()
          await body.write(await coded(), signal)
        })
      return {
        name: contentType,
        kinds: opened.kinds,
        write: (packet) => send(() => opened.code(packet)),
        finish: () => send(() => opened.finish()),
      }
    },
    tell: () => Promise.resolve(),
    finish: () => {
      body.end()
      return Promise.resolve()
    },
    // Nothing in a film or a sound can say that it is not whole.
    fail: () => Promise.resolve(),
    close: () => {
      coder?.close()
    },
  }
}

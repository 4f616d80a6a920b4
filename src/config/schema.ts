import { z } from 'zod'
import { lamSettings, musetalkSettings } from './real-models.js'

/**
 * Every setting of phiz, its default, its range and its reason. `settings.ts` says how each is named in the
 * environment; `phiz.config.json` has the same shape as this schema.
 */

const port = z.number().int().min(0).max(65_535)

/** Where a tap listens: on its own port, or nowhere. */
const tapPort = (standard: number) =>
  z.union([port, z.literal('off')], 'Expected a port from 0 to 65535, or "off"').default(standard)

/** Another server's address in place of an engine of this one's own. */
const remoteUrl = <Scheme extends 'http' | 'https' | 'ws' | 'wss'>(...schemes: readonly Scheme[]) =>
  z.custom<`${Scheme}://${string}`>(
    (value) =>
      typeof value === 'string' &&
      schemes.some((scheme) => value.startsWith(`${scheme}://`)) &&
      URL.canParse(value),
  )

export const configSchema = z.strictObject({
  /** Where models run: `cpu`, `cuda` or `cuda:<index>`. */
  device: z
    .string()
    .regex(/^(cpu|cuda(:\d+)?)$/, 'Expected "cpu", "cuda" or "cuda:<index>"')
    .default('cpu'),

  /** A key that every request must carry, except `/healthz` and `/readyz`. Empty: none is asked for. */
  apiKey: z.string().max(1024).default(''),

  /** The key of OpenAI's own services, for `reply` and `hearing` where those are at api.openai.com. */
  openaiApiKey: z.string().trim().default(''),

  /** Folder for what phiz makes and keeps: avatars, films, models that were brought in. */
  dataDirectory: z.string().min(1).default('data'),

  speech: z
    .strictObject({
      /**
       * `auto`: hibari for English where it is installed, espeak for everything else. A URL: the IndexTTS WebSocket
       * server there.
       */
      engine: z
        .union(
          [z.enum(['auto', 'hibari', 'espeak']), remoteUrl('ws', 'wss')],
          'Expected "auto", "hibari", "espeak" or the ws:// URL of an IndexTTS server',
        )
        .default('auto'),
      /** Seed of the noise in hibari's voice: the same text with the same seed is the same sound. */
      seed: z.number().int().min(0).max(0xffff_ffff).default(0),
      /** Longest text one turn speaks, in characters (UTF-16 code units). */
      maxCharacters: z.number().int().min(1).max(1_000_000).default(10_000),
    })
    .prefault({}),

  expression: z
    .strictObject({
      /** `visemes`, `lam` (LAM-A2E, once it is exported: docs/models.md), or the URL of a LAM-A2E server. */
      engine: z
        .union(
          [z.enum(['visemes', 'lam']), remoteUrl('http', 'https')],
          'Expected "visemes", "lam" or the http:// URL of a LAM-A2E server',
        )
        .default('visemes'),
      /** Seed of blinks, glances and head motion. The mouth does not depend on it. */
      seed: z.number().int().min(0).max(0xffff_ffff).default(1),
    })
    .prefault({}),

  video: z
    .strictObject({
      /**
       * `portrait`, `musetalk` (once it is exported: docs/models.md), or the URL of a MuseTalk server: `ws://` for its
       * WebSocket service, `http://` for its streaming.
       */
      engine: z
        .union(
          [z.enum(['portrait', 'musetalk']), remoteUrl('ws', 'wss', 'http', 'https')],
          'Expected "portrait", "musetalk" or the ws:// or http:// URL of a MuseTalk server',
        )
        .default('portrait'),
      /** Frames a second. */
      fps: z.number().min(8).max(60).default(25),
      /** Width and height of a frame in pixels; even, as H.264 wants it. */
      size: z.number().int().min(128).max(1024).multipleOf(2).default(512),
      /** JPEG quality. */
      quality: z.number().int().min(10).max(95).default(80),
      /** Threads that draw; 0 takes one for each core, at most 4. */
      workers: z.number().int().min(0).max(32).default(0),
    })
    .prefault({}),

  film: z
    .strictObject({
      /** `portrait`, or the URL of a DICE-Talk server. */
      engine: z
        .union(
          [z.enum(['portrait']), remoteUrl('http', 'https')],
          'Expected "portrait" or the http:// URL of a DICE-Talk server',
        )
        .default('portrait'),
    })
    .prefault({}),

  /** LAM-A2E, for `expression.engine: lam`. */
  lam: lamSettings.prefault({}),

  /** MuseTalk, for `video.engine: musetalk`. */
  musetalk: musetalkSettings.prefault({}),

  /** Who answers what a user asks in a conversation. */
  reply: z
    .strictObject({
      /** Address of an OpenAI-compatible server, as `http://127.0.0.1:11434/v1`. Empty: the scripted persona answers. */
      url: z
        .union(
          [z.literal(''), remoteUrl('http', 'https')],
          'Expected the http:// URL of an OpenAI-compatible server, usually ending in /v1, or nothing',
        )
        .default(''),
      /** Name of the model on that server, which needs one. */
      model: z.string().trim().max(256).default(''),
      /**
       * That server's key. Empty: none is sent, except `openaiApiKey` to OpenAI. Its form is checked where it is used,
       * by an error without it.
       */
      apiKey: z.string().trim().default(''),
      /** What the model is told before the conversation. Empty: nothing. */
      systemPrompt: z
        .string()
        .max(20_000)
        .default(
          'You are talking with somebody, and your words are spoken aloud. Answer in the language of the question, ' +
            'in one to three short sentences, as people speak: no lists, no Markdown, no emoji, no stage directions.',
        ),
      /** Longest answer in characters: a longer one ends at the sentence before. 2000 are about two minutes. */
      maxCharacters: z.number().int().min(100).max(100_000).default(2000),
      /** Most messages of the conversation that the model sees; the oldest are forgotten first. */
      historyMessages: z.number().int().min(2).max(1000).default(40),
      /** Most characters of the conversation that the model sees. */
      historyCharacters: z.number().int().min(500).max(1_000_000).default(16_000),
      /** Longest wait for an answer's first word, or thought, in seconds: a local model may have to be loaded. */
      firstWordSeconds: z.number().min(1).max(300).default(60),
      /** Longest wait for each next word, or thought, in seconds. */
      nextWordSeconds: z.number().min(1).max(300).default(15),
    })
    .prefault({}),

  converse: z
    .strictObject({
      /** Conversations at once, over whatever door they come. `auto`: as many as a measurement at the start finds. */
      maxConversations: z
        .union(
          [z.number().int().min(1).max(1000), z.literal('auto')],
          'Expected a number from 1 to 1000, or "auto"',
        )
        .default('auto'),
      /** How long a conversation waits for a client whose connection broke, in seconds. It keeps its place meanwhile. */
      resumeSeconds: z.number().min(0).max(3600).default(30),
    })
    .prefault({}),

  /** How a microphone is listened to. */
  hearing: z
    .strictObject({
      /** Silence that ends what somebody says, in milliseconds: shorter answers sooner, and cuts into more pauses. */
      endSilenceMs: z.number().int().min(200).max(5000).default(600),
      /** Address of an OpenAI-compatible server that writes down what is said, as `http://127.0.0.1:8000/v1`. Empty: none. */
      transcribeUrl: z
        .union(
          [z.literal(''), remoteUrl('http', 'https')],
          'Expected the http:// URL of an OpenAI-compatible server, usually ending in /v1, or nothing',
        )
        .default(''),
      /** Name of the model on that server. */
      transcribeModel: z.string().trim().max(256).default('whisper-1'),
      /** That server's key. Empty: none is sent, except `openaiApiKey` to OpenAI. */
      apiKey: z.string().trim().default(''),
      /** Longest wait for what was said, in seconds. */
      transcribeSeconds: z.number().min(1).max(300).default(20),
    })
    .prefault({}),

  /** Films of conversations, in the data directory. */
  recordings: z
    .strictObject({
      /** Longest film, in seconds: then it is finished by itself. */
      maxSeconds: z.number().int().min(1).max(3600).default(600),
      /** Films that are kept; the oldest go. */
      maxCount: z.number().int().min(1).max(100_000).default(50),
      /** Bytes of all that are kept: ten minutes of a face at 512² take about 60 MB. */
      maxBytes: z.number().int().min(1_048_576).max(1e15).default(4_294_967_296),
    })
    .prefault({}),

  /** What engines at other servers need. */
  remote: z
    .strictObject({
      /** Folder that a MuseTalk server sees under the same path, for sound. Empty: the system's temporary folder. */
      mediaDirectory: z.string().default(''),
      /** Recording of the speaker, by its path on the IndexTTS server. The original needs one. Empty: none. */
      promptAudio: z.string().default(''),
      /** The avatar on the MuseTalk streaming server that speaks. Empty: none, which that server does not take. */
      avatar: z.string().default(''),
      /** Longest wait for another server's next word, in seconds. */
      timeoutSeconds: z.number().min(1).max(3600).default(60),
    })
    .prefault({}),

  avatars: z
    .strictObject({
      /** Largest picture file that is read, in bytes. */
      maxImageBytes: z.number().int().min(1024).max(1_073_741_824).default(33_554_432),
      /** Most pixels of a picture, looked at before any is decoded: 100 million take 300 MB of memory. */
      maxImagePixels: z.number().int().min(10_000).max(268_000_000).default(100_000_000),
      /** Largest video file that is read, in bytes. */
      maxVideoBytes: z.number().int().min(1024).max(17_179_869_184).default(1_073_741_824),
      /** Longest video, in seconds: a minute of 720p takes about 300 MB of disk. */
      maxVideoSeconds: z.number().min(1).max(900).default(120),
    })
    .prefault({}),

  models: z
    .strictObject({
      /** Folder of the models that were brought in. Empty: `models` in the data directory. */
      directory: z.string().default(''),
      /** Whether `npm start` and `npm run demo` bring in the natural English voice when it is not there. */
      autoInstall: z
        .union([z.boolean(), z.enum(['true', 'false'])], 'Expected true or false')
        .transform((value) => value === true || value === 'true')
        .default(true),
    })
    .prefault({}),

  gateway: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(8080),
    })
    .prefault({}),

  /** Endpoints that stand in for other services, each on that service's port of the gateway's host. */
  taps: z
    .strictObject({
      'musetalk-ws': tapPort(8765),
      'musetalk-http': tapPort(5000),
      'indextts-ws': tapPort(8770),
      /** LAM-A2E and DICE-Talk share a port when both have the same, as their documents do. */
      lam: tapPort(8000),
      dicetalk: tapPort(8000),
      /**
       * Folders whose files clients may name, separated as in PATH. Empty: every readable file while the host is a
       * loopback address, none otherwise.
       */
      mediaRoots: z.string().default(''),
      /**
       * Web pages that may open WebSockets, besides those of this machine: origins such as `https://example.org`,
       * separated by commas; `null` stands for pages opened from a file, `*` for all.
       */
      origins: z.string().default(''),
      /** `realtime`: frames leave when they are due, for clients that draw on arrival. `unlimited`: when made. */
      pace: z.enum(['realtime', 'unlimited']).default('realtime'),
      /** Folder of the taps' own logs: DICE-Talk's `api.log`. */
      logDirectory: z.string().min(1).default('logs'),
      /** Folder for frames that MuseTalk clients ask to be saved. */
      resultsDirectory: z.string().min(1).default('results'),
    })
    .prefault({}),

  log: z
    .strictObject({
      level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    })
    .prefault({}),
})

export type Config = z.infer<typeof configSchema>

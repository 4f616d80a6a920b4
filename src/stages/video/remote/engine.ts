import type { RemoteEngines } from '../../remote/engines.js'
import type { Video, VideoChoice, VideoEngine } from '../video-engine.js'
import type { AvatarPlace } from '../portrait/subject.js'

/** Pictures that a MuseTalk server draws: for a whole turn what they are at its beginning, and none between turns. */
export function remoteVideoEngine(draw: NonNullable<RemoteEngines['video']>): VideoEngine {
  const video = async (
    avatar: AvatarPlace | undefined,
    { quality, fps }: Required<VideoChoice>,
  ): Promise<Video> => ({ ...(await draw(avatar?.manifest.id, { quality, fps })), fps })
  return {
    video,
    live: ({ look }) => {
      const { avatar, ...choice } = look()
      return video(avatar, choice)
    },
    isLive: false,
    open: undefined,
    release: () => Promise.resolve(),
  }
}

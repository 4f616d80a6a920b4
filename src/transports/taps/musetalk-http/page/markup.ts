/** What the page says: the four steps, in Chinese with English beneath. */

/** A text in both languages. */
function both(chinese: string, english: string): string {
  return `<span lang="zh">${chinese}</span> <span class="english" lang="en">${english}</span>`
}

interface Field {
  readonly id: string
  readonly label: string
  readonly placeholder: string
  readonly attributes?: string
}

function field({ id, label, placeholder, attributes = '' }: Field): string {
  return `
        <label for="${id}">${label}</label>
        <input id="${id}" name="${id}" placeholder="${placeholder}" autocomplete="off" autocapitalize="off"
          spellcheck="false" required ${attributes}>`
}

function step(id: string, number: number, title: string, content: string): string {
  return `
      <section class="step" aria-labelledby="${id}-title">
        <h2 id="${id}-title"><span class="number" aria-hidden="true">${number}</span><span>${title}</span></h2>
        ${content}
        <p class="status" id="${id}-status" role="status"></p>
      </section>`
}

const createStep = step(
  'create',
  1,
  both('创建 Avatar', 'Create an avatar'),
  `
      <form id="create">
        ${field({ id: 'avatar-id', label: 'Avatar ID', placeholder: 'avatar1', attributes: 'maxlength="64"' })}
        ${field({
          id: 'video-path',
          label: both('视频文件路径', 'Path of a video or picture on the server'),
          placeholder: 'data/video/yongen.mp4',
        })}
        <button class="primary">${both('创建 Avatar', 'Create')}</button>
      </form>`,
)

const listStep = step(
  'list',
  2,
  both('查看 Avatar 列表', 'Avatars'),
  `
      <ul id="avatars"></ul>
      <button id="refresh" type="button">${both('刷新列表', 'Refresh')}</button>`,
)

const startStep = step(
  'start',
  3,
  both('开始生成视频', 'Let it speak'),
  `
      <form id="start">
        ${field({
          id: 'speaker',
          label: both('选择或输入 Avatar ID', 'Choose or enter an avatar ID'),
          placeholder: 'avatar1',
          attributes: 'list="known" maxlength="64"',
        })}
        <datalist id="known"></datalist>
        ${field({
          id: 'audio-path',
          label: both('音频文件路径', 'Path of a sound file on the server'),
          placeholder: 'data/audio/yongen.wav',
        })}
        <button class="primary">${both('开始生成', 'Start')}</button>
      </form>`,
)

const stopStep = step(
  'stop',
  4,
  both('停止生成', 'Stop'),
  `
      <button id="stop" type="button" disabled>${both('停止生成', 'Stop')}</button>`,
)

export const MARKUP = `
  <header>
    <h1>MuseTalk <span class="subtitle">${both('流式视频', 'Streaming video')}</span></h1>
  </header>
  <main>
    <div class="stage">
      <figure>
        <p id="empty">${both('视频流将显示在这里', 'The video will appear here')}</p>
        <img id="video" alt="视频流 Video stream" hidden>
      </figure>
    </div>
    <div class="steps">${createStep}${listStep}${startStep}${stopStep}
    </div>
  </main>`

/**
 * What the page does. It finds the API beside itself, also under a path of another server, and passes the `api_key` of
 * its own address on.
 */
export const SCRIPT = `
'use strict'
const base = location.pathname.replace(/\\/+$/, '')
const key = new URLSearchParams(location.search).get('api_key')
const element = (id) => document.getElementById(id)
const video = element('video')
const figure = video.parentElement
const invitation = [...element('empty').childNodes]
let session = null

function tell(step, text, isError = false) {
  const status = element(step + '-status')
  status.textContent = text
  status.classList.toggle('error', isError)
}

async function call(path, body) {
  const headers = { ...(body && { 'Content-Type': 'application/json' }), ...(key && { 'X-API-Key': key }) }
  const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(base + path, { ...options, headers })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  const { detail } = answer
  const reason = Array.isArray(detail)
    ? detail.map(({ loc, msg }) => loc.slice(1).join('.') + ': ' + msg).join('; ')
    : detail
  throw new Error(reason || 'HTTP ' + response.status)
}

/** Runs a step's work with its button out of use, and tells what goes wrong. */
async function during(step, button, work) {
  button.disabled = true
  try {
    await work()
  } catch (error) {
    tell(step, '失败 Failed: ' + error.message, true)
  } finally {
    button.disabled = false
  }
}

const STATES = { idle: '空闲 idle', preparing: '正在创建 preparing', error: '损坏 damaged' }

function entry({ avatar_id: id, status, created_at: seconds }) {
  const item = document.createElement('li')
  const button = document.createElement('button')
  const name = document.createElement('span')
  const about = document.createElement('span')
  button.type = 'button'
  button.disabled = status !== 'idle'
  name.className = 'name'
  name.textContent = id
  about.className = 'about'
  const when = seconds ? new Date(seconds * 1000).toLocaleString() + ' · ' : ''
  about.textContent = when + (STATES[status] || status)
  button.append(name, about)
  button.addEventListener('click', () => {
    element('speaker').value = id
    element('audio-path').focus()
  })
  item.append(button)
  return item
}

async function showAvatars() {
  const { avatars } = await call('/api/avatar/list')
  element('avatars').replaceChildren(...avatars.map(entry))
  const options = avatars.map(({ avatar_id: id }) => {
    const option = document.createElement('option')
    option.value = id
    return option
  })
  element('known').replaceChildren(...options)
  tell('list', avatars.length === 0 ? '还没有 Avatar — none yet' : '')
}

function play(id) {
  session = id
  video.src = base + '/api/stream/' + encodeURIComponent(id) + (key ? '?api_key=' + encodeURIComponent(key) : '')
  video.hidden = false
  figure.classList.add('playing')
  // Until the first picture covers it.
  element('empty').textContent = '正在生成… Generating…'
  figure.scrollIntoView({ block: 'nearest' })
  element('stop').disabled = false
}

function clear() {
  session = null
  video.removeAttribute('src')
  video.hidden = true
  figure.classList.remove('playing')
  element('empty').replaceChildren(...invitation)
  element('stop').disabled = true
}

element('create').addEventListener('submit', (event) => {
  event.preventDefault()
  const id = element('avatar-id').value.trim()
  const startedAt = Date.now()
  const show = () => tell('create', '正在创建 Creating… ' + Math.round((Date.now() - startedAt) / 1000) + ' s')
  void during('create', event.submitter || event.target.querySelector('button'), async () => {
    show()
    const clock = setInterval(show, 1000)
    try {
      await call('/api/avatar/create', { avatar_id: id, video_path: element('video-path').value.trim() })
    } finally {
      clearInterval(clock)
    }
    tell('create', '已创建 Created: ' + id)
    element('speaker').value = id
    await showAvatars()
  })
})

element('refresh').addEventListener('click', (event) => {
  void during('list', event.currentTarget, showAvatars)
})

element('start').addEventListener('submit', (event) => {
  event.preventDefault()
  void during('start', event.submitter || event.target.querySelector('button'), async () => {
    const before = session
    tell('stop', '')
    tell('start', '正在启动 Starting…')
    if (before !== null) await call('/api/inference/stop/' + encodeURIComponent(before), {}).catch(() => undefined)
    clear()
    const { session_id: id } = await call('/api/inference/start', {
      avatar_id: element('speaker').value.trim(),
      audio_path: element('audio-path').value.trim(),
      fps: 25,
      skip_save_images: true,
    })
    tell('start', '已开始 Started: ' + id)
    play(id)
  })
})

element('stop').addEventListener('click', () => {
  const id = session
  if (id === null) return
  clear()
  tell('start', '')
  call('/api/inference/stop/' + encodeURIComponent(id), {}).then(
    () => tell('stop', '已停止 Stopped: ' + id),
    (error) => tell('stop', '失败 Failed: ' + error.message, true),
  )
})

video.addEventListener('error', () => {
  if (session === null) return
  const id = session
  clear()
  tell('start', '视频流已断开 The stream broke off: ' + id, true)
})

void showAvatars().catch((error) => tell('list', '失败 Failed: ' + error.message, true))
`

// 1. 创建 Avatar
async function createAvatar() {
  const response = await fetch('http://localhost:5000/api/avatar/create', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      avatar_id: 'avatar1',
      video_path: 'data/video/yongen.mp4',
      bbox_shift: 0,
      batch_size: 20
    })
  });
  const data = await response.json();
  console.log(data);
}

// 2. 开始推理
async function startInference() {
  const response = await fetch('http://localhost:5000/api/inference/start', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      avatar_id: 'avatar1',
      audio_path: 'data/audio/yongen.wav',
      fps: 25,
      skip_save_images: true
    })
  });
  const data = await response.json();
  
  // 3. 显示视频流
  const videoImg = document.getElementById('videoStream');
  videoImg.src = `http://localhost:5000${data.stream_url}`;
}

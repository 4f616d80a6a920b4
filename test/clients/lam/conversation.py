import requests
import pyaudio
import numpy as np

# 初始化会话
session = requests.post(
    'http://localhost:8000/api/infer_stream_init',
    json={'id_idx': 0}
).json()
session_id = session['session_id']

# 实时录音并处理
p = pyaudio.PyAudio()
stream = p.open(format=pyaudio.paInt16, channels=1,
                rate=16000, input=True, frames_per_buffer=16000)

try:
    while True:
        # 录制1秒音频
        audio_data = stream.read(16000)

        # 发送处理
        files = {'audio_chunk': ('chunk.wav', audio_data)}
        data = {'session_id': session_id}

        response = requests.post(
            'http://localhost:8000/api/infer_stream_chunk',
            files=files,
            data=data
        )

        # 使用返回的blendshape驱动3D模型
        blendshapes = response.json()
        # ... 渲染逻辑 ...

finally:
    # 清理
    stream.close()
    requests.delete(f'http://localhost:8000/api/infer_stream_close/{session_id}')

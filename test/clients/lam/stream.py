import requests
import numpy as np
import soundfile as sf

# 1. 初始化会话
init_url = "http://localhost:8000/api/infer_stream_init"
response = requests.post(init_url, json={"id_idx": 0})
session_id = response.json()['session_id']

# 2. 加载完整音频
audio, sr = sf.read('long_audio.wav')

# 3. 分块处理
chunk_url = "http://localhost:8000/api/infer_stream_chunk"
chunk_size = sr  # 1秒
all_results = []

for i in range(0, len(audio), chunk_size):
    # 提取音频块
    chunk = audio[i:i+chunk_size]

    # 保存临时文件
    chunk_file = f'temp_chunk_{i}.wav'
    sf.write(chunk_file, chunk, sr)

    # 发送请求
    files = {'audio_chunk': open(chunk_file, 'rb')}
    data = {'session_id': session_id}
    response = requests.post(chunk_url, files=files, data=data)

    result = response.json()
    all_results.append(result)
    print(f"处理chunk {result['metadata']['chunk_index']}, "
          f"耗时: {result['metadata']['inference_time']:.3f}秒")

# 4. 关闭会话
close_url = f"http://localhost:8000/api/infer_stream_close/{session_id}"
requests.delete(close_url)

print(f"总共处理 {len(all_results)} 个音频块")

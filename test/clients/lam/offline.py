import requests

# 处理单个音频文件
files = {'audio_file': open('speech.wav', 'rb')}
data = {
    'id_idx': 0,
    'movement_smooth': True,
    'brow_movement': True
}

response = requests.post(
    'http://localhost:8000/api/infer',
    files=files,
    data=data
)

# 保存结果
with open('animation.json', 'w') as f:
    json.dump(response.json(), f)

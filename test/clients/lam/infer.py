import requests

url = "http://localhost:8000/api/infer"

# 准备文件和参数
files = {
    'audio_file': open('test.wav', 'rb')
}
data = {
    'id_idx': 0,
    'ex_vol': False,
    'movement_smooth': True,
    'brow_movement': True
}

# 发送请求
response = requests.post(url, files=files, data=data)
result = response.json()

print(f"生成了 {result['metadata']['frame_count']} 帧动画")
print(f"推理耗时: {result['metadata']['inference_time']:.2f} 秒")

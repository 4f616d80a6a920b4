import requests
import time
import os

def synthesize_talking_portrait(image_path, audio_path, emotion="happy", ref_scale=3.0, emo_scale=6.0, 
                               inference_steps=20, duration=None, fps=24, seed=None, 
                               dynamic_scale=1.0, min_resolution=256, expand_ratio=0.5):
    base_url = "http://localhost:8000"
    
    # 1. 检查服务状态
    health = requests.get(f"{base_url}/api/health").json()
    if health["status"] != "healthy":
        raise Exception("Service not healthy")
    
    # 2. 启动任务
    with open(image_path, 'rb') as img, open(audio_path, 'rb') as aud:
        files = {
            'image': img,
            'audio': aud
        }
        data = {
            'emotion': emotion,
            'ref_scale': ref_scale,
            'emo_scale': emo_scale,
            'crop': False,
            'inference_steps': inference_steps,
            'fps': fps,
            'dynamic_scale': dynamic_scale,
            'min_resolution': min_resolution,
            'expand_ratio': expand_ratio
        }
        
        # 添加可选参数
        if duration is not None:
            data['duration'] = duration
        if seed is not None:
            data['seed'] = seed
        
        response = requests.post(f"{base_url}/api/v1/synthesis/start", files=files, data=data)
        response.raise_for_status()
        task = response.json()
        task_id = task["task_id"]
    
    print(f"Task created: {task_id}")
    
    # 3. 轮询状态
    while True:
        status_response = requests.get(f"{base_url}/api/v1/synthesis/{task_id}/status")
        status_response.raise_for_status()
        status = status_response.json()
        
        print(f"Status: {status['status']}, Progress: {status['progress']:.2%}")
        
        if status["status"] == "COMPLETED":
            break
        elif status["status"] == "FAILED":
            raise Exception(f"Task failed: {status['message']}")
        
        time.sleep(5)  # 每5秒查询一次
    
    # 4. 下载结果
    download_response = requests.get(f"{base_url}/api/v1/synthesis/{task_id}/download")
    download_response.raise_for_status()
    
    output_path = f"result_{task_id[:8]}.mp4"
    with open(output_path, 'wb') as f:
        f.write(download_response.content)
    
    print(f"Video saved to: {output_path}")
    return output_path

# 使用示例
if __name__ == "__main__":
    try:
        result = synthesize_talking_portrait(
            image_path="portrait.jpg",
            audio_path="speech.wav",
            emotion="happy",
            inference_steps=25,  # 使用更高的推理步数
            fps=30,              # 使用更高的帧率
            duration=60,         # 限制视频时长为60秒
            seed=12345           # 使用固定种子确保可重复性
        )
        print(f"Success! Video saved to: {result}")
    except Exception as e:
        print(f"Error: {e}")

import asyncio
import websockets
import json

async def test_client():
    uri = "ws://localhost:8765"
    
    async with websockets.connect(uri) as websocket:
        # 发送请求
        request = {
            "audio_path": "/home/user/audio.wav",
            "options": {"jpeg_quality": 50}
        }
        await websocket.send(json.dumps(request))
        
        frame_count = 0
        
        # 接收响应
        async for message in websocket:
            if isinstance(message, str):
                # JSON状态消息
                data = json.loads(message)
                if data.get("status") == "completed":
                    print(f"完成！共{frame_count}帧")
                    break
            else:
                # 二进制图片数据
                frame_count += 1
                with open(f"frame_{frame_count}.jpg", "wb") as f:
                    f.write(message)

asyncio.run(test_client())

import asyncio
import websockets
import json

async def test_with_stop():
    uri = "ws://192.168.10.172:8765"
    
    async with websockets.connect(uri) as websocket:
        # 1. 发送处理请求
        request = {
            "audio_path": "/home/user/audio.wav",
            "options": {"jpeg_quality": 70}
        }
        await websocket.send(json.dumps(request))
        
        frame_count = 0
        
        # 2. 监听响应
        async for message in websocket:
            try:
                # JSON状态消息
                data = json.loads(message)
                print(f"状态: {data}")
                
                # 根据需要发送停止指令
                if data.get('status') == 'progress' and data.get('current_frame', 0) > 100:
                    # 处理100帧后停止
                    await websocket.send(json.dumps({"action": "stop"}))
                    
            except json.JSONDecodeError:
                # 二进制图片帧
                frame_count += 1
                print(f"收到第 {frame_count} 帧")
                
                # 可以保存或处理图片数据
                # with open(f"frame_{frame_count}.jpg", "wb") as f:
                #     f.write(message)

# 运行测试
asyncio.run(test_with_stop())

const ws = new WebSocket('ws://192.168.10.172:8765');

ws.onopen = function() {
    // 发送处理请求
    const request = {
        audio_path: '/home/user/audio.wav',
        options: { jpeg_quality: 70 }
    };
    ws.send(JSON.stringify(request));
};

ws.onmessage = function(event) {
    if (typeof event.data === 'string') {
        // JSON状态消息
        const data = JSON.parse(event.data);
        console.log('状态:', data);
        
        // 条件停止示例
        if (data.status === 'progress' && data.current_frame > 200) {
            ws.send(JSON.stringify({action: 'stop'}));
        }
    } else {
        // 二进制图片帧
        const blob = new Blob([event.data], {type: 'image/jpeg'});
        const imageUrl = URL.createObjectURL(blob);
        
        // 显示图片
        const img = document.createElement('img');
        img.src = imageUrl;
        document.body.appendChild(img);
    }
};

// 主动停止示例
function stopProcessing() {
    ws.send(JSON.stringify({action: 'stop'}));
}

const ws = new WebSocket('ws://localhost:8765');

// 发送请求
ws.onopen = function() {
    const request = {
        audio_path: '/home/user/audio.wav',
        options: {
            jpeg_quality: 50
        }
    };
    ws.send(JSON.stringify(request));
};

// 接收响应
ws.onmessage = function(event) {
    if (typeof event.data === 'string') {
        // JSON状态消息
        const data = JSON.parse(event.data);
        
        if (data.status === 'progress') {
            console.log(`进度: ${data.progress_percent}%`);
        } else if (data.status === 'completed') {
            console.log('处理完成!');
        }
        
    } else {
        // 二进制图片数据
        const imageBlob = new Blob([event.data], {type: 'image/jpeg'});
        const imageUrl = URL.createObjectURL(imageBlob);
        
        // 显示图片
        const img = document.getElementById('avatar');
        img.src = imageUrl;
    }
};

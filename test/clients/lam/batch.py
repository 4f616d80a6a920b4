import requests
from pathlib import Path

audio_dir = Path('audio_files')
output_dir = Path('results')
output_dir.mkdir(exist_ok=True)

for audio_file in audio_dir.glob('*.wav'):
    print(f"处理: {audio_file.name}")

    files = {'audio_file': open(audio_file, 'rb')}
    data = {'movement_smooth': True}

    response = requests.post(
        'http://localhost:8000/api/infer',
        files=files,
        data=data
    )

    # 保存结果
    output_file = output_dir / f"{audio_file.stem}.json"
    with open(output_file, 'w') as f:
        json.dump(response.json(), f)

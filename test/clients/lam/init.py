import requests

url = "http://localhost:8000/api/infer_stream_init"
payload = {"id_idx": 0}

response = requests.post(url, json=payload)
session_data = response.json()
session_id = session_data['session_id']

print(f"会话ID: {session_id}")

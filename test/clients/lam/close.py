import requests

session_id = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
url = f"http://localhost:8000/api/infer_stream_close/{session_id}"

response = requests.delete(url)
print(response.json()['message'])

"""Files that are what a field of a form asks for, so that schemathesis knows more than random bytes."""
import io
import math
import struct
import wave
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

PORTRAIT = (Path(__file__).parent.parent / 'media' / 'portrait-astronaut.png').read_bytes()


@st.composite
def sounds(draw):
    """A tone of 0.1 to 1 s."""
    rate = draw(st.sampled_from([8_000, 16_000, 44_100]))
    count = draw(st.integers(rate // 10, rate))
    pitch = draw(st.integers(80, 400))
    samples = (int(8_000 * math.sin(2 * math.pi * pitch * i / rate)) for i in range(count))
    file = io.BytesIO()
    with wave.open(file, 'wb') as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f'<{count}h', *samples))
    return file.getvalue()


schemathesis.openapi.media_type('audio/wav', sounds())
schemathesis.openapi.media_type('image/png', st.just(PORTRAIT))

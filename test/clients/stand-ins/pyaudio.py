"""Stands in for a microphone: plays speech.wav of the working folder, and is unplugged when the sound is over."""
import wave

paInt16 = 8


class PyAudio:
    def open(self, format, channels, rate, input, frames_per_buffer):
        recording = wave.open('speech.wav', 'rb')
        found = (recording.getsampwidth() * 4, recording.getnchannels(), recording.getframerate())
        assert found == (format, channels, rate), f'speech.wav is not what is asked for: {found}'
        return Stream(recording)


class Stream:
    def __init__(self, recording):
        self._recording = recording

    def read(self, frames):
        sound = self._recording.readframes(frames)
        if len(sound) < 2 * frames:
            raise OSError('The microphone is unplugged.')
        return sound

    def close(self):
        self._recording.close()

"""The 52 channels in the order of the checkpoint's output (alphabetical), and the groups that post-processing needs."""

from __future__ import annotations

CHANNELS = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)

MOUTH = tuple(
    index
    for index, name in enumerate(CHANNELS)
    if name.startswith(("jaw", "mouth", "noseSneer", "cheekPuff")) and name != "mouthClose"
)
"""The 29 channels that silence damps: not mouthClose, cheekSquint and tongueOut."""

PAIRS = tuple(
    (index, CHANNELS.index(name.removesuffix("Left") + "Right"))
    for index, name in enumerate(CHANNELS)
    if name.endswith("Left")
)
"""The 20 pairs of a left and a right channel (jaw, mouth and gaze among them), which the original averages."""

BLINK = CHANNELS.index("eyeBlinkLeft"), CHANNELS.index("eyeBlinkRight")
EYE_BROWS = slice(0, 5)

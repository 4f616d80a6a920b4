"""Writes what the reference front end makes of lines of text: each line and its phonemes, with a tab between.

    pip install -r requirements.txt
    python phonemes.py sentences.txt > sentences.tsv
    python phonemes.py words.txt > words.tsv

The package is used as a black box; its Hibari.phonemize cuts a text into sentences, which are joined again here.
words.txt has the words of the sentences that no lexicon holds, which the package reads with a network.
"""

import sys
from pathlib import Path

from hibari import Hibari

voice = Hibari()
for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    print(line, " ".join(voice.phonemize(line)), sep="\t")

"""Stands in for torchaudio, which a document's client imports and never uses."""

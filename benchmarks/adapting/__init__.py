"""Learns bot/models/adaptation.safetensors: what makes the encoder's token vectors meet in late interaction."""

"""The models: the only door to torch and sentence-transformers.

`loading.load_encoder` makes the `encoder.Encoder` that the settings name. `encoding.Encoding` and `loading` may be
imported without waiting for torch.
"""

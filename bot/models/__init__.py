"""The models: the only door to torch and sentence-transformers.

`loading.load_encoder` makes the `encoder.Encoder` that the settings name. Until then no module here imports torch:
nobody waits for it who does not need it, and what it reads from the environment is set before.
"""

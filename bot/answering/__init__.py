"""From ranked passages to an answer in the asker's language, every statement with its proven citation."""

"""From a question to passages, ranked, each with a calibrated probability that it answers."""

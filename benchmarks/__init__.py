"""What is measured, against whom, with its results; and where the learned weights come from."""

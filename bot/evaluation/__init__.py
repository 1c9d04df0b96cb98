"""How good the answers are: gold questions, figures, learning."""

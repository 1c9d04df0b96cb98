"""The pages: Gradio carries them, the core answers, and every text in them is Danish, Swedish or English."""

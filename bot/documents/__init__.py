"""From a file to a Document with sections, blocks and exact offsets, and on to its passages."""

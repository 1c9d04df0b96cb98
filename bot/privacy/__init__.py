"""What keeps people out of logs, lists and chat models: numbers, addresses and names are found and taken out."""

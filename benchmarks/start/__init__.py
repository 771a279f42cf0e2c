"""How long a server takes until it answers, and how much memory it then holds."""

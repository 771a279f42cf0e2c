"""What every peer is told, by its environment."""

import os

DATABASE_URL = os.environ["PEER_DATABASE_URL"]
SECRET = os.environ["PEER_SECRET"]
CONNECTIONS = 8
PAGE = 50

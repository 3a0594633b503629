"""How a server is asked: for how long, how often, and by how many at a time."""

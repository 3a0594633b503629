"""How requests leave: signed, paced, counted and recorded."""

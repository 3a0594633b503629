"""What people call: the two clients, and what they share."""

"""What is sent to a server, and what came back."""

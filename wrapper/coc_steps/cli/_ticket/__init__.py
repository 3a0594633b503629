"""What the steps of a ticket say, before it is shown anywhere."""

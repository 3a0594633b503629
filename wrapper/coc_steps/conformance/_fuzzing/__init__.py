"""Schemathesis: requests made from the description, and what class its failures have."""

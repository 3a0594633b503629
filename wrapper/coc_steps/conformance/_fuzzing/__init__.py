"""The description as schemathesis takes it, and the requests it makes."""

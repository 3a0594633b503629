"""All that knows this endpoint: its path, its parameters, its fields."""

"""A ticket as one HTML page that loads nothing."""

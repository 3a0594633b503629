"""The only room that knows what the HTTP library is made of: one try, its bound, and the next."""

"""The logic of walking and watching a list that changes meanwhile. No I/O."""

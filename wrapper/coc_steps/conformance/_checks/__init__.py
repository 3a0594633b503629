"""What is said of answers, alone and held against each other."""

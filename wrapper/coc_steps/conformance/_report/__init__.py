"""What a run found, and the files that say so."""

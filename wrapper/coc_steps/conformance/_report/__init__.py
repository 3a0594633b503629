"""What a run found, and the forms in which it is told: JSON, JUnit XML, HTML."""

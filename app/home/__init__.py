"""The front page: what waits for this person today."""

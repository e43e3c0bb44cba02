"""What was changed by whom and why, and who looked. Below the views, append-only."""

"""Who infected whom: chains drawn over time, places cases share, clusters."""

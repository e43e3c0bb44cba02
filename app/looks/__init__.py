"""Who looked at whom, by which right: the pages of oversight, and looks that need a question."""

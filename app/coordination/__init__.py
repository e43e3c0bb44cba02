"""Places of care: who needs one, where there is one, and the way there (入院・療養先調整)."""

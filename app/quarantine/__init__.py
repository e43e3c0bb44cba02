"""People who entered the country: lists of a quarantine station, taken over by health centres."""

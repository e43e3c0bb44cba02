"""Files taken out of the portal: Excel and CSV, typed, masked, counted, recorded."""

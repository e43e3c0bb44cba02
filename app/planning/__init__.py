"""Looking ahead: reproduction number, projection, bed plans; estimates, never counts."""

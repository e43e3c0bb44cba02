"""What identifies a human being is unreadable outside the portal: in tables and in files."""

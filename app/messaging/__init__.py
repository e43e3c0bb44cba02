"""Messages that leave the portal."""

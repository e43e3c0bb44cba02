"""Paper to be typed in afterwards: bundles of old notifications and follow-up sheets (R126)."""

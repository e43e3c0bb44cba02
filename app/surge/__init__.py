"""Worst days: when requests pile up, notifying goes on and everything else waits."""

"""Accounts: one per person and role, two-step login, sessions that end."""

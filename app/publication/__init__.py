"""As known then and now; figures signed off by a person; open data for everybody."""

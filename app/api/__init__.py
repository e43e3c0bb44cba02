"""REST for programs: the same records through the same laws, and the credentials that open it."""

"""A case: one episode of a disease in one person, with its tests, stays, course and outcome."""

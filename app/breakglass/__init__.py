"""Break-glass: a foreign case opened for an hour, with a reason, seen by those in charge."""

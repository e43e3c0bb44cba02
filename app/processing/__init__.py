"""Processing numbers of the contact app (COCOA): issued on a positive, verified once."""

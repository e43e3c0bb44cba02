"""Roll-ups: numbers by place and day, kept true with every save. Holds no identity."""

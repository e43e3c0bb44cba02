"""Tables from outside: read whatever made them, understood cell by cell, columns mapped to items."""

"""Results of tests: entered by laboratories, and what follows from them at the clinic."""

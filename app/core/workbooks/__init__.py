"""Excel workbooks that come from outside: let in, read, and sent back marked."""

"""The open-data line list, loaded by command: read, checked cell by cell, written once."""

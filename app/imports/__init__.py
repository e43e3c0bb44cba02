"""Files from outside become cases: read, checked cell by cell, and written once however often run."""

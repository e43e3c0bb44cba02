"""FAX受信: scans, the queue, typing beside them, the second look."""

"""FAX受信: paper that arrives at a health centre and becomes notifications."""

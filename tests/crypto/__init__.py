"""What is encrypted: values, files, keys, rotation, searching, and what lies about in the open."""

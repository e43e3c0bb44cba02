"""Notifications by workbook: handed out, filled in, checked row by row, submitted, sent back."""

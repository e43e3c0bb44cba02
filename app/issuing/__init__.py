"""The desk of the ID administrator: accounts on screen, in bulk from a workbook, on letters."""

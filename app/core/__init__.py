"""What every feature stands on: item declarations, fields and forms, text, dates,
charts, errors, the transaction.

Knows no domain: nothing here imports a feature package.
"""

"""What every feature stands on: item declarations, generated views, text, dates, errors.

Knows no domain: nothing here imports a feature package.
"""

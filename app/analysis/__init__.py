"""Free analysis: de-identified items crossed with each other, safe to pass on."""

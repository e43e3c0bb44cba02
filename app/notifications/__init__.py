"""発生届: the legal notification, from draft to acceptance, correction and withdrawal."""

"""What tests stand on: databases, a browser, a still clock, a sealed network."""

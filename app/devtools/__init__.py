"""Tools around the portal: catalogues, the demo, starting it. Nothing imports this package."""

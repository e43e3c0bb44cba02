"""Reports made by day, week or month, for those of the area, with a notice by mail."""

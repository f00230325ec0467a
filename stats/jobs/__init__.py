"""Jobs: what writes."""

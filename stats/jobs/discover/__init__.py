"""Who is who at the sources: found, matched, proposed, and applied by itself only when unambiguous."""

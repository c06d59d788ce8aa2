"""The dialects that we ship, one file each; `iso87` holds what those of ISO 8583:1987 have in common."""

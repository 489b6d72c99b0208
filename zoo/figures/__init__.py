"""Pictures, drawn from measurements."""

"""Names: what an entry is, where its weights lie, and a learned task on disk."""

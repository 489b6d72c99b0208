"""The registry: one declarative file per entry, `ENTRY = Entry(...)`; the file's name is the entry's name."""

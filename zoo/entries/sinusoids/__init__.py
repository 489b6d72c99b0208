"""Entries on sine waves."""

"""Pictures: read from disk, drawn, downloaded, distorted."""

"""A static page that runs learners in the visitor's browser, with no server behind it."""

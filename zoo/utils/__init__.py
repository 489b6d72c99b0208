"""The ground that everything stands on: errors, checks of what a user passes in, files. Imports no other part of `zoo`."""

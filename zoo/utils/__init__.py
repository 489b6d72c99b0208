"""What every part of `zoo` may use: errors, checks of arguments, files. Imports no other part of `zoo`."""

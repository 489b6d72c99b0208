"""Tables: any small one, with classes or with a number to predict."""

"""Classes that are known by what is said of them."""

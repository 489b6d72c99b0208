"""Task networks: what the weights of a learned task are weights of. Each runs them, and knows what an example looks like."""

"""Clients of `zoo serve` and TensorFlow Serving over REST and gRPC; without TensorFlow."""

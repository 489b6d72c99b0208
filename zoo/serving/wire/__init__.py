"""What goes over the wire: TensorFlow Serving's JSON, and its description as OpenAPI."""

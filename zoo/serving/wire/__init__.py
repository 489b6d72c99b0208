"""What goes over the wire: TensorFlow Serving's JSON, and its description as OpenAPI."""

from zoo.utils import extras

extras.need("serve", "serving")

"""The local server, `zoo serve`: TensorFlow Serving's interfaces over TensorFlow's own C++ runtime."""

from zoo.utils import extras

extras.need("serve", "serving")

"""Pictures, drawn from measurements."""

from zoo.utils import extras

extras.need("figures", "drawing")

"""What the park's people and machines ask: REST, live stream, exports, and the dashboard itself."""

VERSION = "0.1.0"

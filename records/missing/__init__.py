"""Why an hour is missing: the enterprise, the network, our own platform, or nobody knows."""

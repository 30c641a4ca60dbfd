"""HJ 212 over TCP: loggers call, their frames go into the one pipeline, and answers go back after the commit."""

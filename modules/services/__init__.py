"""Services: notices and requests, as registers in small."""

"""Economic operation: monthly figures with their status, and the dated targets of the policy documents."""

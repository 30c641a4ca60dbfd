"""Human resources: headcount and the certificates of the three posts, as registers in small."""

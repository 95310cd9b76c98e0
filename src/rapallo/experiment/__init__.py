"""Many runs of one scenario, and what they have in common."""

"""Twin worlds (G3): the same script of a recipient in two worlds that differ only in what givers did in secret.

The clock and all random values are the same in both, so the recipient must get the same bytes and frames.
"""

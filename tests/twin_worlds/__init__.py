"""Twin worlds (G3): the same script of a recipient in two worlds that differ only in what givers did in secret.

Clock and chance are the same in both, so every byte and every frame that the recipient gets must be, too.
"""

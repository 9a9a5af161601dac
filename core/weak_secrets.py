"""Recognise secrets that somebody could guess: short, repeated, or copied from an example."""

from __future__ import annotations

LEAST_LENGTH = 32
LEAST_DIFFERENT = 8
"""Different characters in a secret. 32 random hexadecimal digits have fewer only once in a hundred million."""

FROM_EXAMPLES = (
    "development-only", "django-insecure", "changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me",
    "your-secret", "your_secret", "yoursecret", "secret-key", "secret_key", "secretkey", "secret-here", "example",
    "password", "insecure", "not-a-secret", "0123456789", "abcdefghij", "qwertyuiop",
)  # fmt: skip
"""Parts of values in our own defaults, in tutorials and in other people's `.env.example`. Random secrets have none."""


def weakness(secret: str) -> str | None:
    """Return what is wrong with a secret, to follow its name in a sentence, or None."""
    if len(secret) < LEAST_LENGTH:
        return f"must have at least {LEAST_LENGTH} characters"
    if len(set(secret)) < LEAST_DIFFERENT or _is_repeated(secret):
        return "repeats the same few characters"
    if any(part in secret.lower() for part in FROM_EXAMPLES):
        return "is a default or comes from an example"
    return None


def _is_repeated(text: str) -> bool:
    """Return whether the text is one part, written several times."""
    return text in (text + text)[1:-1]

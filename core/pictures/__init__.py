"""Uploaded pictures: decoded in a process of their own and made anew (docs/pictures.md)."""

"""The arithmetic of a draw: givers and receivers are numbers, and nothing here knows of rows or people."""

"""Giving, step by step at random, against plain dictionaries that obey the same rules without a database."""

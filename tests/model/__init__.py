"""A model test: random steps of giving, compared with plain dictionaries that follow the same rules without a
database."""

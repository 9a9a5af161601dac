"""Everything from `manage.py serve` to the first request."""

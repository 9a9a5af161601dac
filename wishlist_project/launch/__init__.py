"""What happens between `manage.py serve` and the first request."""

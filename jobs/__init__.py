"""Background jobs on django-tasks: a worker with retries and lanes, periodic jobs, and a worker inside the server.

A job is enqueued in the transaction of its cause, and runs at least once: if a worker dies while it runs a job, another
one reclaims it.
"""

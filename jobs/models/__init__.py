"""The models of background work: when periodic jobs are due, and the jobs that people started."""

from jobs.models.jobs import Job, JobFile
from jobs.models.periodic_runs import PeriodicRun

__all__ = ["Job", "JobFile", "PeriodicRun"]

"""SchedulerRace: schedulers from one noise."""

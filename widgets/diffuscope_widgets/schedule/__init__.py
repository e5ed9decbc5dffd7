"""SchedulerPicker and ScheduleView."""

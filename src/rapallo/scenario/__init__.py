"""Record, processes, parameters, calendar and measures, checked as one."""

"""From a scenario to histories: plan, compile, luck, kernel, the slow twin, why."""

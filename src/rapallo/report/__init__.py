"""The report of many runs, its pictures, and the claims of the text behind a scenario."""

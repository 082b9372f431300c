"""The office's calendar: days off, and suspensions that move what they touch."""

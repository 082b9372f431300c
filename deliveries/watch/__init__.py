"""The day at a glance: how it stands, what somebody must look at, and the system as it is measured."""

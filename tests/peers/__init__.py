"""Stand-ins for the servers we talk to: they speak the same protocol over HTTP, keep their own record, and fail as told."""

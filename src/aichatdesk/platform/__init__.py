"""The machinery under the rooms: storage, jobs, HTTP, live events, the sandbox."""

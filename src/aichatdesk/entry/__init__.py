"""Where the process starts: settings, wiring, the API and the command line."""

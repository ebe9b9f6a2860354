"""Small packaged models served on this machine for the demo and the tests."""

"""Checks that anybody can run against a desk that serves, from outside, with nothing but its address."""

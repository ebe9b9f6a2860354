"""What people at the desk have done: a list that only grows."""

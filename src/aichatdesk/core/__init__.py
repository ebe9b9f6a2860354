"""What every room shares: errors, ids, time, text and who may do what."""

"""One turn of the AI assistant, from the question to a grounded answer."""

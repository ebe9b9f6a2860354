"""Moving a desk from the cloud to its own machine, with evidence."""

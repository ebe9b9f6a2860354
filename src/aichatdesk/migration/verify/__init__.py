"""Named checks of a chat and an embedding server, through the clients that the desk itself uses."""

"""Real servers, each on a port of this machine, for the transports to talk to."""

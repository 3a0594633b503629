"""The HTTP room over real sockets: where a request goes, how a try ends, what survives."""

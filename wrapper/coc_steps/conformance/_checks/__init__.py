"""What is believed of answers: of one, of all for a ticket, of what must be refused."""

"""Requests of the two APIs, read and checked as the service checks them."""

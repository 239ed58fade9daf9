"""Resources inside an account, a row of a table for each kind."""

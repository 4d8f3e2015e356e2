"""An audit against a query by hand and a loop over `decide`."""

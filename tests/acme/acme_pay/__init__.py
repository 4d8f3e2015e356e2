"""A package of somebody else's: a made-up provider, and a company's own rules on top of a shipped one."""

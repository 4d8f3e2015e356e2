"""A small shop's undo service: orders are cancelled, wholly or in part, whatever network and providers do."""

"""Square payments."""

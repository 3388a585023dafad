"""The folder a user has on disk: written whole or not at all, every file by its owner's rule."""

"""Link shortener."""

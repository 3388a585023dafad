"""What runs on events and schedules."""

from link_shortener.handlers.cleanup_links import cleanup_links
from link_shortener.handlers.count_click import count_click

__all__ = ["cleanup_links", "count_click"]

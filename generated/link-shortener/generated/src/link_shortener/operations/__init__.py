"""What clients can do, a module for each kind of row."""

from fastapi import APIRouter

from link_shortener.operations import links, users

ROUTERS: tuple[APIRouter, ...] = (links.router, users.router)

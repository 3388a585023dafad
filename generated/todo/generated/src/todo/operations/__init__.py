"""What clients can do, a module for each kind of row."""

from fastapi import APIRouter

from todo.operations import todos

ROUTERS: tuple[APIRouter, ...] = (todos.router,)

"""What clients can do with todos."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select

from todo.database import Session, transactional
from todo.failures import Missing, problems
from todo.models import Todo
from todo.schemas import CreateTodoRequest, TodoReply, UpdateTodoRequest

router = APIRouter()


@router.get("/todos", response_model=list[TodoReply])
@transactional
async def list_todos(session: Session) -> list[Todo]:
    """List the todos. (R1)"""
    todos = await session.scalars(select(Todo).order_by(Todo.seq).limit(100))
    return list(todos)


@router.post("/todos", status_code=201, response_model=TodoReply, responses=problems(422))
@transactional
async def create_todo(body: CreateTodoRequest, session: Session) -> Todo:
    """Add a todo. (R1)"""
    todo = Todo(title=body.title)
    session.add(todo)
    await session.flush()
    return todo


@router.delete("/todos/{id}", status_code=204, responses=problems(404, 422))
@transactional
async def delete_todo(id: UUID, session: Session) -> None:
    """Find the todo whose id is the given id; delete the todo. (R1)"""
    todo = await session.scalar(select(Todo).where(Todo.id == id).with_for_update())
    if todo is None:
        raise Missing("no such todo")
    await session.delete(todo)
    await session.flush()


@router.get("/todos/{id}", response_model=TodoReply, responses=problems(404, 422))
@transactional
async def get_todo(id: UUID, session: Session) -> Todo:
    """Find the todo whose id is the given id. (R1)"""
    todo = await session.scalar(select(Todo).where(Todo.id == id))
    if todo is None:
        raise Missing("no such todo")
    return todo


@router.patch("/todos/{id}", response_model=TodoReply, responses=problems(404, 422))
@transactional
async def update_todo(id: UUID, body: UpdateTodoRequest, session: Session) -> Todo:
    """Find the todo whose id is the given id; change what was sent of the todo. (R1)"""
    todo = await session.scalar(select(Todo).where(Todo.id == id).with_for_update())
    if todo is None:
        raise Missing("no such todo")
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(todo, name, value)
    return todo

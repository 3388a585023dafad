"""What clients can do with users."""

from fastapi import APIRouter
from sqlalchemy import select

from link_shortener.authentication import check_password, hash_password, issue_token
from link_shortener.database import Session, transactional
from link_shortener.failures import Unauthenticated, problems
from link_shortener.models import User
from link_shortener.schemas import LoginRequest, LoginResult, RegisterRequest, UserReply

router = APIRouter()


@router.post("/login", responses=problems(401, 422))
@transactional
async def login(body: LoginRequest, session: Session) -> LoginResult:
    """Find the user whose email is the given email; check the password; refuse unless there is an account and the
    password is right; issue a token.
    """
    account = await session.scalar(select(User).where(User.email == body.email))
    await session.commit()  # gives the connection back before the slow hash
    password_is_right = await check_password(account.password if account else None, body.password)
    if account is None or not password_is_right:
        raise Unauthenticated("wrong email or password")
    access_token = issue_token(account.id)
    return LoginResult(access_token=access_token)


@router.post("/register", status_code=201, response_model=UserReply, responses=problems(409, 422))
@transactional
async def register(body: RegisterRequest, session: Session) -> User:
    """Add a user."""
    password_hash = await hash_password(body.password)
    account = User(email=body.email, password=password_hash)
    session.add(account)
    await session.flush()
    return account

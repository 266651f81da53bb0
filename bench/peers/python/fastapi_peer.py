"""The hot requests with FastAPI and SQLAlchemy's ORM on asyncpg."""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from fastapi_models import AuditEvent, Business, BusinessCounter, CashSession
from fastapi_schemas import CloseBody, OpenBody, SessionBody, SessionPage

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:", 1),
    pool_size=int(os.environ["DATABASE_CONNECTIONS"]), max_overflow=0)
make_session = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def lifespan(_):
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan, openapi_url=None)


async def database():
    async with make_session() as session:
        yield session


async def caller(authorization: Annotated[str, Header()]) -> UUID:
    return UUID(authorization.removeprefix("Bearer "))


Database = Annotated[AsyncSession, Depends(database)]
Caller = Annotated[UUID, Depends(caller)]


async def find_open(db: AsyncSession, business_id: UUID, cashier_id: UUID) -> CashSession | None:
    return await db.scalar(select(CashSession).where(
        CashSession.business_id == business_id, CashSession.cashier_id == cashier_id,
        CashSession.status == "OPEN", CashSession.is_deleted.is_(False)))


def audit(db: AsyncSession, action: str, session: CashSession, before: dict | None) -> None:
    db.add(AuditEvent(
        business_id=session.business_id, id=uuid4(), action=action, actor_id=session.cashier_id,
        cashier_id=session.cashier_id, session_id=session.id, before=before, after=document(session)))


def document(session: BaseModel | CashSession) -> dict:
    return SessionBody.model_validate(session).model_dump(mode="json")


def conflict(standing: CashSession) -> JSONResponse:
    return JSONResponse({"code": "SESSION_ALREADY_OPEN", "existing_session": document(standing)}, 409)


@app.get("/v1/businesses/{business_id}/sessions/current", response_model=SessionBody)
async def current(business_id: UUID, cashier_id: Caller, db: Database):
    session = await find_open(db, business_id, cashier_id)
    if session is None:
        raise HTTPException(404)
    return session


@app.get("/v1/businesses/{business_id}/sessions", response_model=SessionPage)
async def page(business_id: UUID, db: Database, limit: Annotated[int, Query(ge=1, le=200)] = 20):
    found = await db.scalars(
        select(CashSession).where(CashSession.business_id == business_id, CashSession.is_deleted.is_(False))
        .order_by(CashSession.opened_at.desc(), CashSession.id.desc()).limit(limit))
    return {"items": found.all()}


@app.post("/v1/businesses/{business_id}/sessions", response_model=SessionBody, status_code=201)
async def open_session(business_id: UUID, cashier_id: Caller, body: OpenBody, db: Database):
    standing = await find_open(db, business_id, cashier_id)
    if standing is not None:
        return conflict(standing)
    business = await db.get(Business, business_id)
    if business is None:
        raise HTTPException(404)
    number = await db.scalar(
        update(BusinessCounter).where(BusinessCounter.business_id == business_id)
        .values(last_session_number=BusinessCounter.last_session_number + 1)
        .returning(BusinessCounter.last_session_number))
    now = datetime.now(UTC)
    session = CashSession(
        business_id=business_id, id=uuid4(), session_number=number, cashier_id=cashier_id, opened_by=cashier_id,
        status="OPEN", currency=business.currency, time_zone=business.time_zone,
        business_date=now.astimezone(ZoneInfo(business.time_zone)).date(),
        initial_cash=body.initial_cash, opened_at=now)
    db.add(session)
    try:
        await db.flush()
    except IntegrityError:
        await db.rollback()
        standing = await find_open(db, business_id, cashier_id)
        if standing is None:
            raise
        return conflict(standing)
    audit(db, "session.open", session, None)
    await db.commit()
    return session


@app.post("/v1/businesses/{business_id}/sessions/{session_id}/close", response_model=SessionBody)
async def close_session(business_id: UUID, session_id: UUID, cashier_id: Caller, body: CloseBody, db: Database):
    session = await db.get(CashSession, (business_id, session_id), with_for_update=True)
    if session is None or session.cashier_id != cashier_id:
        raise HTTPException(404)
    if session.status != "OPEN" or session.is_deleted:
        raise HTTPException(409)
    before = document(session)
    session.status = "CLOSED"
    session.closed_at = max(datetime.now(UTC), session.opened_at)
    session.closed_by = cashier_id
    session.final_cash = body.final_cash
    session.version += 1
    await db.flush()
    audit(db, "session.close", session, before)
    await db.commit()
    return session

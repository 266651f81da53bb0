"""The hot requests with Litestar and asyncpg, and the statements of bench/peers/sql."""

import os
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from msgspec import Meta, Struct

Money = Annotated[int, Meta(ge=0, le=999_999_999_999)]
CURRENT, LIST, OPEN, CLOSE = (Path(f"bench/peers/sql/{name}.sql").read_text(encoding="utf-8")
                              for name in ["current", "list", "open", "close"])


class Session(Struct):
    id: UUID
    session_number: int
    business_id: UUID
    cashier_id: UUID
    opened_by: UUID
    status: str
    currency: str
    initial_cash: int
    opened_at: datetime
    ended_at: datetime | None
    closed_at: datetime | None
    closed_by: UUID | None
    business_date: date
    time_zone: str
    terminal_id: str | None
    notes: str | None
    final_cash: int | None
    card_total: int
    bank_transfer_total: int
    envelope_amount: int
    expenses: int
    credit_sales_total: int
    credit_payments_collected: int
    declared_cash_sales: int | None
    closing_ticket: str | None
    version: int


class Page(Struct):
    items: list[Session]


class Conflict(Struct):
    code: str
    existing_session: Session


class OpenBody(Struct):
    initial_cash: Money


class CloseBody(Struct):
    final_cash: Money


@asynccontextmanager
async def lifespan(app):
    connections = int(os.environ["DATABASE_CONNECTIONS"])
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=connections, max_size=connections) as pool:
        app.state.pool = pool
        yield


def caller(request: Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


@get("/v1/businesses/{business_id:uuid}/sessions/current")
async def current(business_id: UUID, request: Request, state: State) -> Session:
    row = await state.pool.fetchrow(CURRENT, business_id, caller(request))
    if row is None:
        raise NotFoundException
    return Session(**row)


@get("/v1/businesses/{business_id:uuid}/sessions")
async def page(business_id: UUID, state: State, limit: Annotated[int, Parameter(ge=1, le=200)] = 20) -> Page:
    return Page([Session(**row) for row in await state.pool.fetch(LIST, business_id, limit)])


@post("/v1/businesses/{business_id:uuid}/sessions")
async def open_session(
    business_id: UUID, data: OpenBody, request: Request, state: State
) -> Response[Session | Conflict]:
    cashier = caller(request)
    standing = await state.pool.fetchrow(CURRENT, business_id, cashier)
    if standing is None:
        try:
            opened = await state.pool.fetchrow(OPEN, business_id, cashier, data.initial_cash)
            return Response(Session(**opened), status_code=201)
        except asyncpg.UniqueViolationError:
            standing = await state.pool.fetchrow(CURRENT, business_id, cashier)
    return Response(Conflict("SESSION_ALREADY_OPEN", Session(**standing)), status_code=409)


@post("/v1/businesses/{business_id:uuid}/sessions/{session_id:uuid}/close", status_code=200)
async def close_session(
    business_id: UUID, session_id: UUID, data: CloseBody, request: Request, state: State
) -> Session:
    row = await state.pool.fetchrow(CLOSE, business_id, caller(request), session_id, data.final_cash)
    if row is None:
        raise NotFoundException
    return Session(**row)


app = Litestar(
    [current, page, open_session, close_session], lifespan=[lifespan], openapi_config=None, logging_config=None)

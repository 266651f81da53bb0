"""The tables with the columns that the requests use."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger, datetime: DateTime(timezone=True), dict: JSONB(none_as_null=True)}


class Business(Base):
    __tablename__ = "businesses"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]
    time_zone: Mapped[str]


class BusinessCounter(Base):
    __tablename__ = "business_counters"

    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_session_number: Mapped[int]


class CashSession(Base):
    __tablename__ = "cash_sessions"

    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_number: Mapped[int]
    cashier_id: Mapped[UUID]
    opened_by: Mapped[UUID]
    status: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    business_date: Mapped[date]
    initial_cash: Mapped[int]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    terminal_id: Mapped[str | None]
    notes: Mapped[str | None]
    final_cash: Mapped[int | None]
    card_total: Mapped[int] = mapped_column(default=0)
    bank_transfer_total: Mapped[int] = mapped_column(default=0)
    envelope_amount: Mapped[int] = mapped_column(default=0)
    expenses: Mapped[int] = mapped_column(default=0)
    credit_sales_total: Mapped[int] = mapped_column(default=0)
    credit_payments_collected: Mapped[int] = mapped_column(default=0)
    declared_cash_sales: Mapped[int | None]
    closing_ticket: Mapped[str | None]
    is_deleted: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class AuditEvent(Base):
    __tablename__ = "audit_events"

    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    cashier_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    before: Mapped[dict | None]
    after: Mapped[dict | None]

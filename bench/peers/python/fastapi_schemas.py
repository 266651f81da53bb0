"""The bodies of requests and responses."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MONEY_MAX = 999_999_999_999


class OpenBody(BaseModel):
    initial_cash: int = Field(ge=0, le=MONEY_MAX)


class CloseBody(BaseModel):
    final_cash: int = Field(ge=0, le=MONEY_MAX)


class SessionBody(BaseModel):
    model_config = ConfigDict(from_attributes=True)

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


class SessionPage(BaseModel):
    items: list[SessionBody]

"""One shift with each generated client: open, retry, a refused second open, close, open, close.

The generated packages must be on the path. An unexpected response ends the run with an AssertionError.
"""

import uuid


def by_python_client(address, person):
    """Uses the client of openapi-python-client."""
    from cashpilot_python_client import AuthenticatedClient, Client
    from cashpilot_python_client.api.identity import issue_token
    from cashpilot_python_client.api.sessions import close_session, open_session
    from cashpilot_python_client.models import (
        CloseSession, Credentials, OpenSession, Session, SessionAlreadyOpenProblem, Token)

    business = uuid.UUID(person["business_ids"][0])
    credentials = Credentials(email=person["email"], password=person["password"])
    token = issue_token.sync(client=Client(address), body=credentials)
    assert isinstance(token, Token), token
    client = AuthenticatedClient(address, token.access_token)
    key = str(uuid.uuid4())

    def open_one(key):
        return open_session.sync_detailed(business, client=client, body=OpenSession(150000), idempotency_key=key)

    def close(session):
        closed = close_session.sync(business, session.id, client=client, body=CloseSession(180000))
        assert isinstance(closed, Session) and closed.status == "CLOSED", closed
        assert closed.final_cash == 180000, closed

    first = open_one(key)
    assert first.status_code == 201 and isinstance(first.parsed, Session), first
    again = open_one(key)
    assert again.status_code == 201 and again.parsed == first.parsed, again
    assert again.headers["Idempotent-Replayed"] == "true", again
    refused = open_one(str(uuid.uuid4()))
    problem = refused.parsed
    assert refused.status_code == 409 and isinstance(problem, SessionAlreadyOpenProblem), refused
    assert problem.existing_session.id == first.parsed.id, problem
    assert [action.name for action in problem.actions] == ["view", "close", "end", "resume"], problem
    close(first.parsed)
    second = open_one(str(uuid.uuid4())).parsed
    assert isinstance(second, Session) and second.id != first.parsed.id, second
    close(second)


def by_generator(address, person):
    """Uses the client of openapi-generator."""
    from cashpilot_generated import ApiClient, Configuration, IdentityApi, SessionsApi
    from cashpilot_generated.exceptions import ConflictException
    from cashpilot_generated.models import CloseSession, Credentials, OpenSession, Session, SessionAlreadyOpenProblem

    business = uuid.UUID(person["business_ids"][0])
    configuration = Configuration(host=address)
    credentials = Credentials(email=person["email"], password=person["password"])
    token = IdentityApi(ApiClient(configuration)).issue_token(credentials)
    configuration.access_token = token.access_token
    sessions = SessionsApi(ApiClient(configuration))
    key = str(uuid.uuid4())

    def open_one(key):
        return sessions.open_session_with_http_info(business, OpenSession(initial_cash=150000), idempotency_key=key)

    def close(session):
        closed = sessions.close_session(business, session.id, CloseSession(final_cash=180000))
        assert isinstance(closed, Session) and closed.status == "CLOSED", closed
        assert closed.final_cash == 180000, closed

    first = open_one(key)
    assert first.status_code == 201 and isinstance(first.data, Session), first
    again = open_one(key)
    assert again.status_code == 201 and again.data == first.data, again
    assert again.headers["Idempotent-Replayed"] == "true", again.headers
    try:
        raise AssertionError(open_one(str(uuid.uuid4())))
    except ConflictException as refusal:
        problem = refusal.data.actual_instance
    assert isinstance(problem, SessionAlreadyOpenProblem), problem
    assert problem.existing_session.id == first.data.id, problem
    assert [action.name for action in problem.actions] == ["view", "close", "end", "resume"], problem
    close(first.data)
    second = open_one(str(uuid.uuid4())).data
    assert second.id != first.data.id, second
    close(second)

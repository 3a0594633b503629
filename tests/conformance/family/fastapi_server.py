"""A server as many teams would write it: FastAPI, which validates, and SQL, which pages."""

from __future__ import annotations

import json
import sqlite3
import uuid
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from .server import TICKETS, TOKEN, Habits, make_step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FASTAPI_HONEST = {
    "fastapi": "It validates as its framework does, and pages in SQL.",
    "fastapi-ids-are-uuids": "No form of ids is promised.",
}
FASTAPI_BROKEN = {
    "fastapi-422": "What is invalid is refused with 400.",
    "fastapi-no-order-by": "Windows are slices of one list.",
    "fastapi-total-of-window": "total is the number of steps.",
}


def make_app(name: str) -> FastAPI:
    """Make the server of a name."""
    app = FastAPI()
    database = make_database(ids_are_uuids=name == "fastapi-ids-are-uuids")

    def authenticate(x_auth_token: Annotated[str, Header()] = "") -> None:
        if x_auth_token != TOKEN:
            raise HTTPException(401, "The token is not valid.")

    @app.get("/v1/executions/{execution_id}/steps", dependencies=[Depends(authenticate)])
    def list_steps(
        execution_id: str,
        limit: Annotated[int, Query(ge=1, le=2**31 - 1)] = 10,
        offset: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        execution_step_id_list: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, Any]:
        where, values = "ticket = ?", [execution_id]
        if not database.execute(f"SELECT 1 FROM step WHERE {where}", values).fetchone():
            raise HTTPException(400, "There is no such ticket.")
        if execution_step_id_list:
            where += f" AND id IN ({', '.join('?' * len(execution_step_id_list))})"
            values += execution_step_id_list
        unordered = name == "fastapi-no-order-by" and limit > 10
        order = "json_extract(body, '$.status')" if unordered else "place"
        window = f"SELECT body FROM step WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        found = database.execute(window, [*values, limit, offset]).fetchall()
        [total] = database.execute(f"SELECT count(*) FROM step WHERE {where}", values).fetchone()
        if name == "fastapi-total-of-window":
            total = min(total, offset + limit)
        return {"data": [json.loads(body) for (body,) in found], "total": total}

    @app.exception_handler(StarletteHTTPException)
    def refuse(_request: Request, error: StarletteHTTPException) -> Response:
        code = f"STEPS.{error.status_code}"
        content = {"error_code": code, "error_msg": str(error.detail)}
        return JSONResponse(content, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    def refuse_values(_request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        status = 422 if name == "fastapi-422" else 400
        return JSONResponse({"error_code": "STEPS.400", "error_msg": said}, status)

    @app.middleware("http")
    async def name_request(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await answer(request)
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        return response

    return app


def make_database(*, ids_are_uuids: bool) -> sqlite3.Connection:
    """Make a table of steps in memory."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("CREATE TABLE step (place INTEGER, ticket TEXT, id TEXT, body TEXT)")
    for ticket, count in TICKETS.items():
        for number in range(count):
            step = make_step(ticket, number, Habits(frozenset()))
            if ids_are_uuids:
                step["execution_step_id"] = str(
                    uuid.uuid5(uuid.NAMESPACE_OID, f"{ticket} {number}")
                )
            row = (number, ticket, step["execution_step_id"], json.dumps(step))
            database.execute("INSERT INTO step VALUES (?, ?, ?, ?)", row)
    return database

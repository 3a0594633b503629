from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.list_execution_steps_response import ListExecutionStepsResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    execution_id: str,
    *,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    execution_step_id_list: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["offset"] = offset

    json_execution_step_id_list: list[str] | Unset = UNSET
    if not isinstance(execution_step_id_list, Unset):
        json_execution_step_id_list = execution_step_id_list

    params["execution_step_id_list"] = json_execution_step_id_list

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/executions/{execution_id}/steps".format(
            execution_id=quote(str(execution_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | ListExecutionStepsResponse | None:
    if response.status_code == 200:
        response_200 = ListExecutionStepsResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Error.from_dict(response.json())

        return response_404

    if response.status_code == 405:
        response_405 = Error.from_dict(response.json())

        return response_405

    if response.status_code == 429:
        response_429 = Error.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Error.from_dict(response.json())

        return response_500

    if response.status_code == 502:
        response_502 = Error.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = Error.from_dict(response.json())

        return response_503

    if response.status_code == 504:
        response_504 = Error.from_dict(response.json())

        return response_504

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | ListExecutionStepsResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    execution_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    execution_step_id_list: list[str] | Unset = UNSET,
) -> Response[Error | ListExecutionStepsResponse]:
    """List the execution steps of a ticket

     Returns a window of the steps of one execution and the number of steps there are. Needs the
    permission `coc:execution:listExecutionStep`. The order of the steps is not documented.

    Args:
        execution_id (str): The id of the execution (the ticket).
        limit (int | Unset): The largest number of steps to return in this page (count). Neither
            its default nor its maximum is documented, and a server may return fewer.
        offset (int | Unset): How many steps to skip before the first one returned (count).
            Without it the window starts at 0.
        execution_step_id_list (list[str] | Unset): Return only the steps with these ids; the key
            is repeated for each id.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ListExecutionStepsResponse]
    """

    kwargs = _get_kwargs(
        execution_id=execution_id,
        limit=limit,
        offset=offset,
        execution_step_id_list=execution_step_id_list,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    execution_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    execution_step_id_list: list[str] | Unset = UNSET,
) -> Error | ListExecutionStepsResponse | None:
    """List the execution steps of a ticket

     Returns a window of the steps of one execution and the number of steps there are. Needs the
    permission `coc:execution:listExecutionStep`. The order of the steps is not documented.

    Args:
        execution_id (str): The id of the execution (the ticket).
        limit (int | Unset): The largest number of steps to return in this page (count). Neither
            its default nor its maximum is documented, and a server may return fewer.
        offset (int | Unset): How many steps to skip before the first one returned (count).
            Without it the window starts at 0.
        execution_step_id_list (list[str] | Unset): Return only the steps with these ids; the key
            is repeated for each id.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ListExecutionStepsResponse
    """

    return sync_detailed(
        execution_id=execution_id,
        client=client,
        limit=limit,
        offset=offset,
        execution_step_id_list=execution_step_id_list,
    ).parsed


async def asyncio_detailed(
    execution_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    execution_step_id_list: list[str] | Unset = UNSET,
) -> Response[Error | ListExecutionStepsResponse]:
    """List the execution steps of a ticket

     Returns a window of the steps of one execution and the number of steps there are. Needs the
    permission `coc:execution:listExecutionStep`. The order of the steps is not documented.

    Args:
        execution_id (str): The id of the execution (the ticket).
        limit (int | Unset): The largest number of steps to return in this page (count). Neither
            its default nor its maximum is documented, and a server may return fewer.
        offset (int | Unset): How many steps to skip before the first one returned (count).
            Without it the window starts at 0.
        execution_step_id_list (list[str] | Unset): Return only the steps with these ids; the key
            is repeated for each id.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ListExecutionStepsResponse]
    """

    kwargs = _get_kwargs(
        execution_id=execution_id,
        limit=limit,
        offset=offset,
        execution_step_id_list=execution_step_id_list,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    execution_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    execution_step_id_list: list[str] | Unset = UNSET,
) -> Error | ListExecutionStepsResponse | None:
    """List the execution steps of a ticket

     Returns a window of the steps of one execution and the number of steps there are. Needs the
    permission `coc:execution:listExecutionStep`. The order of the steps is not documented.

    Args:
        execution_id (str): The id of the execution (the ticket).
        limit (int | Unset): The largest number of steps to return in this page (count). Neither
            its default nor its maximum is documented, and a server may return fewer.
        offset (int | Unset): How many steps to skip before the first one returned (count).
            Without it the window starts at 0.
        execution_step_id_list (list[str] | Unset): Return only the steps with these ids; the key
            is repeated for each id.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ListExecutionStepsResponse
    """

    return (
        await asyncio_detailed(
            execution_id=execution_id,
            client=client,
            limit=limit,
            offset=offset,
            execution_step_id_list=execution_step_id_list,
        )
    ).parsed

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Error")


@_attrs_define
class Error:
    """Why a request was refused, by the service or by the gateway in front of it.

    Attributes:
        error_code (None | str | Unset): The vendor's code, such as COC.00010002 or APIGW.0308.
        error_msg (None | str | Unset): What went wrong, in words.
        request_id (None | str | Unset): The id of the request, in answers of the gateway.
        encoded_authorization_message (None | str | Unset): Why access was denied, encoded for the vendor's IAM service.
    """

    error_code: None | str | Unset = UNSET
    error_msg: None | str | Unset = UNSET
    request_id: None | str | Unset = UNSET
    encoded_authorization_message: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error_code: None | str | Unset
        if isinstance(self.error_code, Unset):
            error_code = UNSET
        else:
            error_code = self.error_code

        error_msg: None | str | Unset
        if isinstance(self.error_msg, Unset):
            error_msg = UNSET
        else:
            error_msg = self.error_msg

        request_id: None | str | Unset
        if isinstance(self.request_id, Unset):
            request_id = UNSET
        else:
            request_id = self.request_id

        encoded_authorization_message: None | str | Unset
        if isinstance(self.encoded_authorization_message, Unset):
            encoded_authorization_message = UNSET
        else:
            encoded_authorization_message = self.encoded_authorization_message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if error_code is not UNSET:
            field_dict["error_code"] = error_code
        if error_msg is not UNSET:
            field_dict["error_msg"] = error_msg
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if encoded_authorization_message is not UNSET:
            field_dict["encoded_authorization_message"] = encoded_authorization_message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_error_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        error_code = _parse_error_code(d.pop("error_code", UNSET))

        def _parse_error_msg(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        error_msg = _parse_error_msg(d.pop("error_msg", UNSET))

        def _parse_request_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        request_id = _parse_request_id(d.pop("request_id", UNSET))

        def _parse_encoded_authorization_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        encoded_authorization_message = _parse_encoded_authorization_message(
            d.pop("encoded_authorization_message", UNSET)
        )

        error = cls(
            error_code=error_code,
            error_msg=error_msg,
            request_id=request_id,
            encoded_authorization_message=encoded_authorization_message,
        )

        error.additional_properties = d
        return error

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

from types import SimpleNamespace

from huaweicloudsdkcore.sdk_request import SdkRequest

class Signer:
    def __init__(self, credentials: SimpleNamespace) -> None: ...
    def sign(self, request: SdkRequest) -> SdkRequest: ...

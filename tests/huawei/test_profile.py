"""Credentials from the environment and from the vendor's profile file."""

import configparser
import os
import traceback
from pathlib import Path
from typing import Never

import pytest
from coc_steps._huawei.credentials import AkSk, AuthToken, Credentials
from coc_steps._huawei.discovery import default_credentials, find_credentials, sdk_credentials
from coc_steps.errors import ConfigurationError
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.auth.provider import EnvCredentialProvider, ProfileCredentialProvider
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("without_sdk")

CANARY = "cAnArY-0123456789-sEcReT"
TOKEN = {"COC_AUTH_TOKEN": "token"}
PAIR = {"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}
SECURITY = {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "security"}
PROJECT = {"HUAWEICLOUD_SDK_PROJECT_ID": "project"}
DOMAIN = {"HUAWEICLOUD_SDK_DOMAIN_ID": "domain"}

BASIC = "[basic]\nak = b-ak\nsk = b-sk\n"
GLOBAL = "[global]\nak = g-ak\nsk = g-sk\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".huaweicloud").mkdir()
    return tmp_path


@pytest.fixture
def path(home: Path) -> Path:
    return home / ".huaweicloud" / "credentials"


def refusal(environ: dict[str, str], home: Path | None) -> str:
    """The message of the error, after a look for the canary everywhere around it."""
    with pytest.raises(ConfigurationError) as refused:
        find_credentials(environ, home)
    error = refused.value
    assert error.__context__ is None
    assert error.__cause__ is None
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert CANARY not in shown
    assert error.args == (str(error),)
    return str(error)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (TOKEN, AuthToken("token")),
        (TOKEN | PAIR, AuthToken("token")),
        (PAIR, AkSk("ak", "sk")),
        (PAIR | SECURITY, AkSk("ak", "sk", security_token="security")),
        (PAIR | PROJECT, AkSk("ak", "sk", project_id="project")),
        (PAIR | DOMAIN, AkSk("ak", "sk", domain_id="domain")),
        (PAIR | PROJECT | DOMAIN, AkSk("ak", "sk", project_id="project")),
        (PAIR | DOMAIN | dict.fromkeys(PROJECT, ""), AkSk("ak", "sk", domain_id="domain")),
        (PAIR | dict.fromkeys([*SECURITY, *PROJECT, *DOMAIN], ""), AkSk("ak", "sk")),
        (SECURITY | PROJECT, AkSk("b-ak", "b-sk")),
        (dict.fromkeys(PAIR, ""), AkSk("b-ak", "b-sk")),
    ],
)
def test_the_environment_comes_before_the_file(
    environ: dict[str, str], expected: Credentials, home: Path, path: Path
) -> None:
    path.write_text(BASIC)
    assert find_credentials(environ, home) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASIC, AkSk("b-ak", "b-sk")),
        (GLOBAL, AkSk("g-ak", "g-sk")),
        (GLOBAL + BASIC, AkSk("b-ak", "b-sk")),
        ("[basic]\nproject_id = p\n" + GLOBAL, AkSk("g-ak", "g-sk")),
        ("[basic]\nak =\nsk =\n" + GLOBAL, AkSk("g-ak", "g-sk")),
        (
            BASIC + "project_id = p\ndomain_id = d\nsecurity_token = t\n",
            AkSk("b-ak", "b-sk", project_id="p", security_token="t"),
        ),
        (
            GLOBAL + "project_id = p\ndomain_id = d\nsecurity_token = t\n",
            AkSk("g-ak", "g-sk", domain_id="d", security_token="t"),
        ),
        (BASIC + "project_id =\n", AkSk("b-ak", "b-sk")),
        (BASIC + "other = 1\n[more]\nx = y\n", AkSk("b-ak", "b-sk")),
        ("[basic]\nak = b%(x)s\nsk = 50%\n", AkSk("b%(x)s", "50%")),
        ("# note\n; note\n[basic]\nAK: b-ak\nSk=b-sk",
         AkSk("b-ak", "b-sk")),
        ("[DEFAULT]\nsk = shared\n[basic]\nak = b-ak\n", AkSk("b-ak", "shared")),
        ("\ufeff" + BASIC, AkSk("b-ak", "b-sk")),
    ],
)  # fmt: skip
def test_the_sections_of_the_file(text: str, expected: Credentials, home: Path, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    assert find_credentials({}, home) == expected


def test_the_variable_names_another_file(home: Path, path: Path, tmp_path: Path) -> None:
    path.write_text(BASIC)
    (tmp_path / "other").write_text(GLOBAL)
    variable = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
    assert find_credentials({variable: str(tmp_path / "other")}, home) == AkSk("g-ak", "g-sk")
    assert find_credentials({variable: str(tmp_path / "other")}, None) == AkSk("g-ak", "g-sk")
    assert find_credentials({variable: ""}, home) == AkSk("b-ak", "b-sk")


def set_up(monkeypatch: pytest.MonkeyPatch, home: Path, **variables: str) -> None:
    for name in [n for n in os.environ if n.startswith(("COC_", "HUAWEICLOUD_"))]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))


def test_default_credentials_looks_into_the_real_environment(
    monkeypatch: pytest.MonkeyPatch, home: Path, path: Path
) -> None:
    path.write_text(BASIC)
    set_up(monkeypatch, home, **PAIR)
    assert default_credentials() == AkSk("ak", "sk")
    set_up(monkeypatch, home)
    assert default_credentials() == AkSk("b-ak", "b-sk")


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def nowhere() -> Never:
        raise RuntimeError("Could not determine home directory.")

    set_up(monkeypatch, home)
    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(ConfigurationError) as refused:
        default_credentials()
    assert str(refused.value) == NOTHING.format(
        "neither HUAWEICLOUD_SDK_CREDENTIALS_FILE nor a home directory says where a file is"
    )
    assert refused.value.__context__ is None


def as_ours(theirs: BasicCredentials | GlobalCredentials) -> AkSk:
    token = theirs.security_token
    if isinstance(theirs, BasicCredentials):
        return AkSk(theirs.ak, theirs.sk, security_token=token, project_id=theirs.project_id)
    return AkSk(theirs.ak, theirs.sk, security_token=token, domain_id=theirs.domain_id)


@pytest.mark.parametrize("scope", [PROJECT, DOMAIN])
@pytest.mark.parametrize("temporary", [{}, SECURITY])
def test_reads_variables_as_the_vendor_does(
    monkeypatch: pytest.MonkeyPatch, home: Path, scope: dict[str, str], temporary: dict[str, str]
) -> None:
    set_up(monkeypatch, home, **PAIR, **scope, **temporary)
    vendor = EnvCredentialProvider
    theirs = vendor.get_basic() if scope is PROJECT else vendor.get_global()
    assert default_credentials() == as_ours(theirs.get_credentials())


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("kind", ["basic", "global"])
def test_reads_the_file_as_the_vendor_does(
    monkeypatch: pytest.MonkeyPatch, home: Path, path: Path, kind: str, named: bool
) -> None:
    where = home / "named" if named else path
    where.write_text(
        f"[{kind}]\nak: the-ak\nSK =  the-sk \nsecurity_token=t=:;#t\nproject_id=p\ndomain_id=d\n"
    )
    set_up(monkeypatch, home, **({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(where)} if named else {}))
    vendor = ProfileCredentialProvider
    theirs = vendor.get_basic() if kind == "basic" else vendor.get_global()
    assert default_credentials() == as_ours(theirs.get_credentials())


INSTALL = (
    "needs the vendor's SDK, whose huaweicloudsdkcore.auth.internal cannot be imported: "
    "pip install 'coc-steps[huaweicloud]'"
)
NOTHING = (
    "no credentials: the variable COC_AUTH_TOKEN is not set, the variables HUAWEICLOUD_SDK_AK and "
    "HUAWEICLOUD_SDK_SK are not set, and {}. Set one of these, or pass credentials to the client. "
    f"A cloud server's own identity {INSTALL}"
)


def test_nothing_found_names_all_places(home: Path, path: Path) -> None:
    assert refusal({}, home) == NOTHING.format(f"there is no file {path}")
    named = {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(home / "gone")}
    assert refusal(named, home) == NOTHING.format(f"there is no file {home / 'gone'}")


@pytest.mark.parametrize("text", ["", "[other]\nak=a\nsk=b\n", "[Basic]\nak=a\n", "[basic]\n"])
def test_a_file_without_a_usable_section(home: Path, path: Path, text: str) -> None:
    path.write_text(text)
    assert refusal({}, home) == NOTHING.format(
        f"{path} has ak and sk neither in section [basic] nor in [global]"
    )


@pytest.mark.parametrize("missing", PAIR)
@pytest.mark.parametrize("empty", [False, True])
def test_half_a_pair_in_the_environment(home: Path, path: Path, missing: str, empty: bool) -> None:
    path.write_text(BASIC)
    environ = dict.fromkeys(PAIR, CANARY) | {missing: ""}
    if not empty:
        del environ[missing]
    assert refusal(environ, home) == (
        f"half of the key pair: {missing} is missing or empty in the environment"
    )


@pytest.mark.parametrize("section", ["basic", "global"])
@pytest.mark.parametrize(("given", "missing"), [("ak", "sk"), ("sk", "ak")])
def test_half_a_pair_in_the_file(
    home: Path, path: Path, section: str, given: str, missing: str
) -> None:
    path.write_text(f"[{section}]\n{given} = {CANARY}\n")
    assert refusal({}, home) == (
        f"half of the key pair: {missing} is missing or empty in section [{section}] of {path}"
    )


WRONG = "has a character that is not visible ASCII, such as a space or a line break before, within"


@pytest.mark.parametrize("value", [f"{CANARY}\n", f" {CANARY}", f"{CANARY}é"])
@pytest.mark.parametrize("name", [*TOKEN, *PAIR, *SECURITY, *PROJECT, *DOMAIN])
def test_a_variable_that_cannot_be_right(home: Path, name: str, value: str) -> None:
    environ = ({} if name in TOKEN else PAIR) | {name: value}
    assert refusal(environ, home) == f"{name} {WRONG} or after it (in the environment)"


def test_an_empty_token_is_not_set(home: Path) -> None:
    assert find_credentials(PAIR | {"COC_AUTH_TOKEN": ""}, home) == AkSk("ak", "sk")


def test_a_blank_token(home: Path) -> None:
    assert refusal(PAIR | {"COC_AUTH_TOKEN": " "}, home) == (
        "COC_AUTH_TOKEN is empty (in the environment)"
    )


QUOTED = (
    "begins or ends with a quotation mark, which would be sent as a part of it: "
    "write the value without quotes (in {})"
)
IDP = {"HUAWEICLOUD_SDK_IDP_ID": "idp", "HUAWEICLOUD_SDK_ID_TOKEN_FILE": "/token"}
OIDC = {
    "HUAWEICLOUD_OIDC_PROVIDER_URN": "urn",
    "HUAWEICLOUD_OIDC_AGENCY_URN": "urn",
    "HUAWEICLOUD_OIDC_TOKEN_FILE": "/token",
}
POD = {
    "HC_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1",
    "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
}
every_quoting = pytest.mark.parametrize("quoted", ['"{}"', "'{}'", '"{}', "{}'"])


@every_quoting
@pytest.mark.parametrize("name", [*TOKEN, *PAIR, *SECURITY, *PROJECT, *DOMAIN, *IDP, *OIDC, *POD])
def test_a_variable_in_quotes(home: Path, name: str, quoted: str) -> None:
    group = next((group for group in (TOKEN, IDP, OIDC, POD) if name in group), PAIR)
    environ = group | {name: quoted.format(CANARY)}
    assert refusal(environ, home) == f"{name} {QUOTED.format('the environment')}"


@every_quoting
@pytest.mark.parametrize("section", ["basic", "global"])
@pytest.mark.parametrize("name", ["ak", "sk", "security_token", "idp_id", "id_token_file"])
def test_a_value_of_the_file_in_quotes(
    home: Path, path: Path, section: str, name: str, quoted: str
) -> None:
    pair = (
        {"idp_id": "i", "id_token_file": "/t"} if name.startswith("id") else {"ak": "a", "sk": "s"}
    )
    lines = "".join(
        f"{key} = {value}\n" for key, value in (pair | {name: quoted.format(CANARY)}).items()
    )
    path.write_text(f"[{section}]\n{lines}")
    where = f"section [{section}] of {path}"
    assert refusal({}, home) == f"{name} {QUOTED.format(where)}"


def test_the_name_of_the_file_in_quotes(home: Path) -> None:
    name = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
    assert refusal({name: '"~/file"'}, home) == f"{name} {QUOTED.format('the environment')}"


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "other").write_text(GLOBAL)
    set_up(monkeypatch, home, HUAWEICLOUD_SDK_CREDENTIALS_FILE="~/other")
    assert default_credentials() == AkSk("g-ak", "g-sk")


def test_the_home_directory_of_nobody(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    name = "~no-such-user-here/other"
    assert refusal({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": name}, home) == NOTHING.format(
        f"there is no file {name}"
    )


ENVIRONMENT = "the environment names"


@pytest.mark.parametrize(
    ("environ", "seen"),
    [
        (OIDC, f"{ENVIRONMENT} an OIDC provider (HUAWEICLOUD_OIDC_PROVIDER_URN), which"),
        (OIDC | PAIR, f"{ENVIRONMENT} an OIDC provider (HUAWEICLOUD_OIDC_PROVIDER_URN), which"),
        (IDP, f"{ENVIRONMENT} an identity provider, which"),
        (IDP | PAIR, f"{ENVIRONMENT} an identity provider, which"),
        (POD, f"{ENVIRONMENT} a pod identity (HC_CONTAINER_CREDENTIALS_FULL_URI), which"),
    ],
)
def test_a_federated_source_without_the_extra(
    environ: dict[str, str], seen: str, home: Path
) -> None:
    assert refusal(environ, home) == f"{seen} {INSTALL}"


@pytest.mark.parametrize("section", ["basic", "global"])
def test_an_identity_provider_in_the_file_without_the_extra(
    home: Path, path: Path, section: str
) -> None:
    path.write_text(f"[{section}]\nidp_id = i\nid_token_file = /t\nak = a\nsk = s\n")
    assert refusal({}, home) == (
        f"section [{section}] of {path} names an identity provider, which {INSTALL}"
    )


@pytest.mark.parametrize("name", [*OIDC, *POD])
def test_a_source_that_is_named_in_part(home: Path, path: Path, name: str) -> None:
    assert refusal({name: CANARY}, home) == NOTHING.format(
        f"there is no file {path} ({name}: not all that its source needs)"
    )
    assert find_credentials(PAIR | {name: CANARY}, home) == AkSk("ak", "sk")


@pytest.mark.parametrize("missing", IDP)
def test_half_of_an_identity_provider(home: Path, missing: str) -> None:
    environ = dict.fromkeys(IDP, CANARY) | {missing: ""}
    assert refusal(environ, home) == (
        f"half of the identity provider: {missing} is missing or empty in the environment"
    )
    assert find_credentials(environ | PAIR, home) == AkSk("ak", "sk")


@pytest.mark.parametrize("environ", [OIDC, POD, IDP, {}])
def test_a_token_comes_before_all_sources(environ: dict[str, str], home: Path) -> None:
    assert find_credentials(TOKEN | environ, home) == AuthToken("token")


def test_keys_come_before_a_pod_identity(home: Path, path: Path) -> None:
    path.write_text(BASIC)
    assert find_credentials(POD, home) == AkSk("b-ak", "b-sk")


def test_the_public_name_without_the_extra() -> None:
    with pytest.raises(ConfigurationError) as refused:
        sdk_credentials()
    assert str(refused.value) == f"sdk_credentials() {INSTALL}"


def test_a_value_in_the_file_that_cannot_be_right(home: Path, path: Path) -> None:
    path.write_text(f"[basic]\nak = a\nsk = {CANARY}\n  {CANARY}\n")
    assert refusal({}, home) == f"sk {WRONG} or after it (in section [basic] of {path})"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"ak = {CANARY}\n[basic]\n", 1),  # before any section
        (f"[basic]\nak = a\n{CANARY}\nsk = b\n{CANARY}", 3),  # no key
        (f"[basic]\nak = a\nak = {CANARY}\n", 3),  # twice
        (f"[basic]\nak = {CANARY}\n[basic]\n", 3),
    ],
)
def test_a_broken_file(home: Path, path: Path, text: str, line: int) -> None:
    path.write_text(text)
    with pytest.raises(configparser.Error):
        configparser.ConfigParser().read_string(text)
    assert refusal({}, home) == (
        f"the profile file {path} is not a valid INI file: see line {line}"
    )


def test_a_file_that_is_no_text(home: Path, path: Path) -> None:
    path.write_bytes(b"[basic]\nak = a\nsk = \xff" + CANARY.encode())
    assert refusal({}, home) == f"the profile file {path} cannot be read: it is not UTF-8 text"


def test_a_file_that_cannot_be_opened(home: Path, path: Path) -> None:
    path.mkdir()
    assert refusal({}, home) == f"the profile file {path} cannot be read: Is a directory"


alphabet = st.sampled_from([*"[]=:#;%\n\n \tabkxé\x00\x85\u2028", "ak", "sk = ", "[basic]\n"])


@given(st.lists(alphabet, max_size=25).map("".join))
def test_any_file_gives_credentials_or_the_one_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(f"{CANARY} = {CANARY}{text}".encode())
    environ = {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(path)}
    refusal(environ, None)
    path.write_bytes(f"[basic]\nak = a\nsk = b\n[other]\n{text}".encode())
    try:
        assert isinstance(find_credentials(environ, None), AkSk)
    except ConfigurationError as error:
        assert "is not a valid INI file" in str(error)  # noqa: PT017

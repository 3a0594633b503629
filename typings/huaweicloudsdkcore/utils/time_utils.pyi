from collections.abc import Callable

get_timestamp_from_str: Callable[[str, str], float]

# SPDX-License-Identifier: LGPL-2.1-or-later
from typing import Any

class Error(RuntimeError):
    message: str
    domain: str
    code: int
    def matches(self, domain: str | int, code: int) -> bool: ...

class Bytes:
    def get_data(self) -> bytes: ...
    def get_size(self) -> int: ...

def __getattr__(name: str) -> Any: ...

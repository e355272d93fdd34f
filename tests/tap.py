# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small runner of tests that prints TAP."""

import os
import signal
import sys
import threading
import traceback

TIME_LIMIT = int(os.environ.get("KVMOBJ_TEST_TIME_LIMIT", 300))  # seconds; emulated hosts give more
TIMEOUT = TIME_LIMIT // 2  # for a program that a test starts

_tests = []


def test(function):
    """Adds a function as a test; its name is that of the test."""
    return add(function.__name__, function)


def add(name, function):
    _tests.append((name, function))
    return function


def check(actual, expected, what=""):
    """Fails with both values unless they are the same, also in their type."""
    if actual == expected and isinstance(actual, bool) == isinstance(expected, bool):
        return
    if isinstance(actual, bytes) and isinstance(expected, bytes):
        at = len(os.path.commonprefix([actual, expected])) // 8 * 8
        what = f"{what} of {len(actual)} bytes, from byte {at} on"
        actual, expected = actual[at:at + 16], expected[at:at + 16]
    raise AssertionError(f"{what or 'value'}: {show(actual)}, not {show(expected)}")


def show(value):
    if isinstance(value, bytes):
        return value.hex(" ")
    return hex(value) if type(value) is int else repr(value)


def check_raises(function, *arguments, error, text=""):
    """Calls a function that must fail with this code of Kvm.Error, and returns the error."""
    from gi.repository import GLib, Kvm

    try:
        result = function(*arguments)
    except GLib.Error as e:
        if not e.matches(Kvm.error_quark(), error) or text not in e.message:
            raise AssertionError(f"{e.domain} {e.code}: {e.message}, not {error} “{text}”")
        return e
    raise AssertionError(f"no error but {result!r}")


def count_fds():
    return len(os.listdir("/proc/self/fd"))


def run():
    """Runs all tests and ends the process. A guest can hang: then SIGALRM ends it."""
    signal.alarm(TIME_LIMIT)
    failed = 0
    # What the host is not meant for, as an emulated one says.
    without = os.environ.get("KVMOBJ_TEST_WITHOUT", "").split()
    _tests[:] = [test for test in _tests if f"/python/{test[0]}" not in without]
    print(f"1..{len(_tests)}", flush=True)
    for number, (name, function) in enumerate(_tests, 1):
        try:
            function()
        except (Exception, KeyboardInterrupt):
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} {name}", flush=True)
        else:
            print(f"ok {number} {name}", flush=True)
    if threading.active_count() > 1:
        print("# a thread is left:", threading.enumerate())
        failed += 1
    sys.stdout.flush()
    sys.exit(1 if failed else 0)

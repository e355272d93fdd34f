# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions of one operation under the null KVM.

The program is run twice in callgrind, with N and with 2 N operations. What the second run takes
more, divided by N, is one operation: starting up and linking are the same in both and drop out.
What is inside the null KVM is taken off, but not what that calls in libc: finding errno, for a
request that fails. Programs are not followed through exec () or fork ().
"""

import os
import re
import subprocess
import sys
import tempfile


def self_costs(path):
    """The instructions of each object, without those of what it calls, by the object's path."""
    names = {}
    costs = {}
    current = None
    skip = False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line[0].isdigit() or line[0] in "+-*":
                # Position, cost. The line after a calls= is the cost of the call.
                if not skip:
                    costs[current] = costs.get(current, 0) + int(line.split()[1])
                skip = False
            elif line.startswith("calls="):
                skip = True
            elif match := re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line):
                # A name is written out where its number is first used.
                called, number, name = match.groups()
                if name is not None:
                    names[number] = name
                if not called:
                    current = names[number]
    return costs


def count(shim, command, n, variables):
    """The whole cost of a run, and that inside the null KVM. {n} in the command is the number."""
    with tempfile.TemporaryDirectory() as directory:
        output = os.path.join(directory, "callgrind")
        preload = " ".join(filter(None, [shim, os.environ.get("LD_PRELOAD", "")]))
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--quiet"]
        subprocess.run(
            valgrind + [argument.replace("{n}", str(n)) for argument in command], check=True,
            env={**os.environ, **variables, "PYTHONHASHSEED": "0", "LD_PRELOAD": preload},
            stdout=sys.stderr,
        )  # fmt: skip
        costs = self_costs(output)
    return sum(costs.values()), costs.get(shim, 0)


def count_one(shim, command, n=20000, variables=None):
    """What one operation takes without the null KVM's own."""
    shim = os.path.realpath(shim)
    (total, own), (total_2, own_2) = (
        count(shim, command, times, variables or {}) for times in (n, 2 * n)
    )
    if own_2 <= own:
        raise RuntimeError(f"{' '.join(command)}: the operations made no requests to the null KVM")
    return (total_2 - total - (own_2 - own)) / n

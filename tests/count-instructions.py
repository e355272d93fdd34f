#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions of one operation under the null KVM.

    count-instructions.py --shim build/tests/libnull-kvm.so -- build/tests/benchmark run {n}

The program is run twice in callgrind, with N and with 2 N in place of {n}. What the second run
takes more, divided by N, is one operation: starting up and linking are the same in both and drop
out. It prints, for each operation, the "total", what of it was inside the null KVM ("shim") and the
rest ("net"), as lines of "key value". What the null KVM calls in libc stays in the rest: finding
errno, for a request that fails. Programs are not followed through exec () or fork ().
"""

import argparse
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


def count(arguments, n):
    with tempfile.TemporaryDirectory() as directory:
        output = os.path.join(directory, "callgrind")
        environment = dict(os.environ, PYTHONHASHSEED="0")
        environment.update(arguments.env)
        preload = [arguments.shim, environment.get("LD_PRELOAD", "")]
        environment["LD_PRELOAD"] = " ".join(filter(None, preload))
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--quiet"]
        command += [argument.replace("{n}", str(n)) for argument in arguments.program]
        subprocess.run(command, env=environment, stdout=sys.stderr, check=True)
        costs = self_costs(output)
    return sum(costs.values()), costs.get(arguments.shim, 0)


def variable(text):
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--shim", required=True, type=os.path.realpath, help="the null KVM's library")
parser.add_argument("--env", action="append", default=[], type=variable, metavar="NAME=VALUE")
parser.add_argument("-n", type=int, default=20000, help="operations in the first run")
parser.add_argument("program", nargs="+", help="the program and its arguments, one with {n}")
arguments = parser.parse_args()
if not any("{n}" in argument for argument in arguments.program):
    parser.error("no argument has {n} in it")

try:
    once, twice = count(arguments, arguments.n), count(arguments, 2 * arguments.n)
except (OSError, subprocess.CalledProcessError) as error:
    sys.exit(str(error))
total, shim = ((b - a) / arguments.n for a, b in zip(once, twice))
if shim <= 0:
    sys.exit("the operations made no requests to the null KVM")
print(f"total {total:.2f}")
print(f"shim {shim:.2f}")
print(f"net {total - shim:.2f}")

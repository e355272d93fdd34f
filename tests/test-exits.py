#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads and answers every exit of exits.json through the typelib, under the null KVM."""

import json
import os
import platform
import re
import tempfile

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import GLib, Kvm

import tap

TABLE = json.load(open(os.path.join(os.path.dirname(__file__), "exits.json")))
EXITS = TABLE["exits"]
IS_X86 = platform.machine() == "x86_64"

# What is called for every exit, in Fixture.check_exit ().
CALLED_FOR_ALL = {"copy", "get_raw_reason", "get_reason", "to_bytes", "to_string"}


def payload_of(entry):
    return bytes.fromhex((entry["payload"] + "ee" * 256)[:512])


def parse(value):
    """A value of the table as the typelib gives or takes it."""
    if isinstance(value, dict):
        if "bytes" in value:
            return bytes.fromhex(value["bytes"])
        enum, name = value["enum"].split(".")
        return getattr(getattr(Kvm, enum), name)
    if isinstance(value, list):
        return [parse(v) for v in value]
    return int(value, 0) if isinstance(value, str) else value


def call(exit, name, *arguments):
    """A name may have the arguments in it, as in get_element(3)."""
    name, _, rest = name.rstrip(")").partition("(")
    arguments = [*arguments, *filter(None, rest.split(","))]
    return getattr(exit, name)(*map(parse, arguments))


class Fixture:
    """A vCPU that makes all the exits of the table, each of them followed by a halt."""

    def __init__(self):
        items = []
        for entry in EXITS:
            items += entry.get("before", [])
            items.append(f"{entry['kind']}:{entry['number']}:{payload_of(entry).hex()}")
            items.append("raw:5:")
        self.log = tempfile.NamedTemporaryFile()
        os.environ["NULL_KVM_EXITS"] = ",".join(items)
        os.environ["NULL_KVM_LOG"] = self.log.name
        self.vcpu = Kvm.System.new().create_vm().create_vcpu(0)
        if IS_X86:
            regs = Kvm.X86Regs()
            regs.rip = parse(TABLE["rip"])
            self.vcpu.x86_set_regs(regs)
        self.exit = self.vcpu.get_exit()

    def last_payload(self):
        """What the kernel found in the page when it ran the vCPU."""
        lines = [line.split() for line in open(self.log.name)]
        return bytes.fromhex([line[3] for line in lines if line[2] == "KVM_RUN"][-1])

    def check_exit(self, exit, entry):
        reason = getattr(Kvm.ExitReason, entry["reason"])
        tap.check(exit.get_reason(), reason, "reason")
        if "error" not in entry:
            tap.check(exit.get_raw_reason(), entry["number"], "raw reason")
        for name, value in entry["expect"].items():
            tap.check(call(exit, name), parse(value), name)
        if "string" in entry or IS_X86:
            tap.check(exit.to_string(), entry.get("string") or entry["string_x86"])
        tap.check(exit.to_bytes().get_data(), payload_of(entry), "payload")

    def check_entry(self, entry):
        if "error" in entry:
            tap.check_raises(self.vcpu.run, None, error=getattr(Kvm.Error, entry["error"]))
            reason = Kvm.ExitReason.ERROR
        else:
            reason = self.vcpu.run(None)
        copy = self.exit.copy()
        try:
            tap.check(reason, getattr(Kvm.ExitReason, entry["reason"]), "run ()")
            self.check_exit(self.exit, entry)
            self.answer(entry)
        finally:
            halt = self.vcpu.run(None)

        expected = bytearray(payload_of(entry))
        for offset, data in entry.get("payload_after", {}).items():
            data = bytes.fromhex(data)
            expected[int(offset):int(offset) + len(data)] = data
        tap.check(halt, Kvm.ExitReason.HLT, "run () after it")
        tap.check(self.last_payload(), bytes(expected), "answer")
        self.check_exit(copy, entry)

    def answer(self, entry):
        for name, *arguments in entry.get("refused", []):
            tap.check_raises(call, self.exit, name, *arguments, error=Kvm.Error.INVALID)
        for name, *arguments in entry.get("answers", []):
            call(self.exit, name, *arguments)
        for name, value in entry.get("after", {}).items():
            tap.check(call(self.exit, name), parse(value), f"{name} after the answers")
        for offset, data in entry.get("data_after", {}).items():
            data = bytes.fromhex(data)
            tap.check(os.pread(self.vcpu.get_fd(), len(data), int(offset)), data, "data")


def methods_of(cls):
    return {method.get_name() for method in cls.__info__.get_methods()}


@tap.test
def every_accessor_is_in_the_table():
    used = {"get_interruption"}
    for entry in EXITS:
        calls = list(entry["expect"]) + list(entry.get("after", []))
        calls += [call[0] for key in ("answers", "refused") for call in entry.get(key, [])]
        used |= {re.sub(r"\(.*", "", name) for name in calls}
    tap.check(sorted(methods_of(Kvm.Exit) - CALLED_FOR_ALL - used), [])
    tap.check(sorted(used - methods_of(Kvm.Exit)), [])


def values_of(enum):
    return {v.get_name().upper() for v in enum.__info__.get_values()}


@tap.test
def every_value_is_in_the_table():
    tap.check(values_of(Kvm.ExitReason) - {entry["reason"] for entry in EXITS}, set())
    text = json.dumps(EXITS)
    for enum in Kvm.InternalErrorType, Kvm.SystemEventType:
        missing = {n for n in values_of(enum) if f'"{enum.__name__}.{n}"' not in text}
        tap.check(missing, set(), enum.__name__)


fixture = Fixture()
for entry in EXITS:
    tap.add(entry["name"], lambda entry=entry: fixture.check_entry(entry))
tap.run()

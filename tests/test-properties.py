#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads each property of each class, and compares it with what its getter says; writes those that can
be written."""

import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("every_method", HERE / "test-every-method.py")
every = importlib.util.module_from_spec(spec)
sys.path.insert(0, str(HERE))
spec.loader.exec_module(every)
from gi.repository import GObject, Kvm  # noqa: E402

import tap  # noqa: E402
from tap import check  # noqa: E402

# What to write, by the property; those that only construction sets are not here.
VALUES = {"reset-requested": True}


def objects_of(world):
    """Those of the world, one of each class."""
    found = {}
    for value in [*vars(world).values(), world.vm.list_memory_slots(), world.vcpu.get_exit()]:
        if isinstance(value, GObject.Object) and type(value).__module__ == Kvm.System.__module__:
            found.setdefault(type(value).__gtype__.name, value)
    return found


def add_class(name):
    def run():
        world = every.World()
        it = objects_of(world)[name]
        for spec in it.list_properties():
            if spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY and not hasattr(it, f"get_{spec.name}"):
                continue  # the class has said nothing of it since
            getter = getattr(it, f"get_{spec.name.replace('-', '_')}")
            check(it.get_property(spec.name), getter(), spec.name)
            if spec.name in VALUES:
                it.set_property(spec.name, VALUES[spec.name])
                check(it.get_property(spec.name), VALUES[spec.name], spec.name)

    tap.add(name, run)


tap._tests.clear()
for name in sorted(objects_of(every.World())):
    add_class(name)
tap.run()

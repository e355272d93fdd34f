# SPDX-License-Identifier: LGPL-2.1-or-later
"""What makes libkvmobj feel at home in Python. PyGObject loads it with gi.repository.Kvm.

It adds to the classes of the typelib, and takes nothing away: with statements, indexes, iteration,
readable reprs, and errors that can be caught as Kvm.Error. All the work is done in C."""

import collections.abc
import errno

from gi._gi import Boxed, Repository  # pylint: disable=no-name-in-module
from gi.module import get_introspection_module
from gi.repository import GLib

Kvm = get_introspection_module("Kvm")
__all__ = ["Error"]


# --- Errors ---

_codes = Kvm.Error


class Error(GLib.Error):
    """The library's errors: what every failing call raises. Its codes are here, too:

    except Kvm.Error as error:
        if error.code == Kvm.Error.PENDING: …
    """

    quark = staticmethod(Kvm.error_quark)

    @property
    def name(self):
        """KVM_ERROR_PENDING; for an errno that has no name in the library, its own."""
        found = next((value for value in vars(Error).values()
                      if isinstance(value, _codes) and value == self.code), None)
        return found.value_name if found is not None else errno.errorcode.get(self.code,
                                                                              str(self.code))

    def __str__(self):
        return f"{self.name}: {self.message}"


Error.__module__ = "gi.repository.Kvm"
for _name, _value in vars(_codes).items():
    if isinstance(_value, _codes):
        setattr(Error, _name, _value)

# PyGObject raises GLib.Error for every domain, and has no way to say otherwise: one that is made for
# ours becomes ours. (Python takes the class of what was raised from the object.)
_DOMAIN = GLib.quark_to_string(Kvm.error_quark())
_init_error = GLib.Error.__init__


def _init(self, message="unknown error", domain="pygi-error", code=0):
    _init_error(self, message, domain, code)
    if domain == _DOMAIN and type(self) is GLib.Error:
        self.__class__ = Error


GLib.Error.__init__ = _init


# --- Structs ---

def _field(plain):
    """PyGObject copies a struct inside a struct when it is read, so that sregs.cs.base = 0 would be
    lost. The copy remembers where it is from, and what is set in it is set there, too."""
    def get(self):
        copy = plain.fget(self)
        copy.__dict__["_origin"] = (self, plain)
        return copy

    return property(get, plain.fset, doc=plain.__doc__)


def _set_inner(self, name, value):
    object.__setattr__(self, name, value)
    if "_origin" in self.__dict__:
        outer, field = self._origin
        now = field.fget(outer)  # another copy may have been changed meanwhile
        object.__setattr__(now, name, value)
        field.fset(outer, now)


def _show_fields(self):
    fields = [(name, getattr(self, name)) for name, plain in vars(type(self)).items()
              if isinstance(plain, property)]
    return " ".join(f"{name}={value:#x}" for name, value in fields if isinstance(value, int))


def _show(self):
    text = self.to_string() if hasattr(self, "to_string") else _show_fields(self)
    return f"<Kvm.{type(self).__name__} {' '.join(text.split())}>"


def _is_equal(self, other):
    return self.equal(other) if isinstance(other, type(self)) else NotImplemented


def _adopt_struct(cls):
    fields = {name: plain for name, plain in vars(cls).items() if isinstance(plain, property)}
    if fields:
        value = cls()
        for name, plain in fields.items():
            inner = plain.fget(value)
            if isinstance(inner, Boxed):
                setattr(cls, name, _field(plain))
                type(inner).__setattr__ = _set_inner
    if fields or hasattr(cls, "to_string"):
        cls.__repr__ = _show
    if hasattr(cls, "equal"):
        cls.__eq__ = _is_equal
        cls.__hash__ = None  # most of them can be changed


def _mix_in(cls, abstract, names, **methods):
    """Makes a class a mapping, by the few methods that it needs for that."""
    for name, method in methods.items():
        setattr(cls, f"__{name}__", method)
    for name in names:
        setattr(cls, name, getattr(abstract, name))
    abstract.register(cls)


# --- Objects ---

def _exit(self, *_):
    self.close()


def _adopt_class(cls):
    if hasattr(cls, "close"):
        cls.__enter__ = lambda self: self
        cls.__exit__ = _exit
    if hasattr(cls, "to_string"):
        cls.__repr__ = _show


for _info in Repository.get_default().get_infos("Kvm"):
    if type(_info).__name__ == "StructInfo" and not _info.is_gtype_struct():
        _adopt_struct(getattr(Kvm, _info.get_name()))
    elif type(_info).__name__ == "ObjectInfo":
        _adopt_class(getattr(Kvm, _info.get_name()))


# --- Memory ---

def _range(self, index):
    start, stop, step = index.indices(len(self))
    if step != 1:
        raise ValueError("memory can only be had byte after byte")
    return start, max(stop - start, 0)


def _position(self, index):
    size = len(self)
    at = index.__index__()
    if not -size <= at < size:
        raise IndexError(f"{at:#x} is outside of memory of {size:#x} bytes")
    return at % size


def _get_memory(self, index):
    """memory[0x10] is a number, and memory[0x10:0x20] bytes, as of bytes."""
    if isinstance(index, slice):
        start, length = _range(self, index)
        return self.read(start, length) or b""
    return self.read(_position(self, index), 1)[0]


def _set_memory(self, index, value):
    if isinstance(index, slice):
        start, length = _range(self, index)
        if len(value) != length:
            raise ValueError(f"{len(value)} bytes are not the {length} bytes of the slice")
        self.write(start, bytes(value))
    else:
        self.write(_position(self, index), bytes([value]))


def _has_bytes(self, what):
    pattern = bytes([what] if isinstance(what, int) else what)
    return not pattern or self.search(0, len(self), pattern)[0]


Kvm.Memory.__len__ = Kvm.Memory.get_size
Kvm.Memory.__bool__ = lambda self: True
Kvm.Memory.__getitem__ = _get_memory
Kvm.Memory.__setitem__ = _set_memory
Kvm.Memory.__contains__ = _has_bytes
Kvm.Memory.__bytes__ = lambda self: self[:]


# --- Running ---

_ENDS = {Kvm.ExitReason.HLT, Kvm.ExitReason.SHUTDOWN, Kvm.ExitReason.SYSTEM_EVENT}
_FAILURES = {Kvm.ExitReason.UNKNOWN, Kvm.ExitReason.FAIL_ENTRY, Kvm.ExitReason.INTERNAL_ERROR}
_NOT_FOR_THE_LOOP = _ENDS | _FAILURES | {Kvm.ExitReason.INTERRUPTED}


def _run(self):
    """Runs the guest from exit to exit: what the loop's body answers, the guest goes on with.

    The loop ends when the guest halts, shuts down or has an event for the whole system, and when it
    is stopped with kick(); self.get_exit() then says which. If the guest cannot go on, it raises.
    """
    exit = self.get_exit()
    while True:
        reason = self.run(None)
        if reason not in _NOT_FOR_THE_LOOP:
            yield exit
        elif reason in _FAILURES:
            raise GLib.Error(f"The guest cannot go on: {exit.to_string()}", _DOMAIN, Error.INVALID)
        elif reason in _ENDS or exit.get_interruption() != Kvm.Interruption.SIGNAL:
            return  # else Python has handled the signal by now


Kvm.Vcpu.__iter__ = _run


# --- Tables of x86 ---

def _get_msr(self, index):
    found, value = self.lookup(index)
    if not found:
        raise KeyError(hex(index))
    return value


def _iterate_msrs(self):
    return (self.get_entry(i)[1] for i in range(self.get_n_entries()))


def _get_leaf(self, key):
    function, index = key if isinstance(key, tuple) else (key, 0)
    found, entry = self.find(function, index)
    if not found:
        raise KeyError(f"leaf {function:#x}, subleaf {index}")
    return entry


def _iterate_leaves(self):
    for i in range(self.get_n_entries()):
        _, entry = self.get_entry(i)
        yield entry.function, entry.index


_READING = ("__contains__", "get", "keys", "values", "items")
# msrs[0x10] = 1
_mix_in(Kvm.X86Msrs, collections.abc.Mapping, _READING, getitem=_get_msr,
        setitem=Kvm.X86Msrs.set, iter=_iterate_msrs, len=Kvm.X86Msrs.get_n_entries)
# cpuid[1].ecx, cpuid[7, 1].eax
_mix_in(Kvm.X86Cpuid, collections.abc.Mapping, _READING, getitem=_get_leaf,
        iter=_iterate_leaves, len=Kvm.X86Cpuid.get_n_entries)

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes each call that libkvmobj makes to the kernel fail, one at a time, with each errno, under the
null KVM, and looks at what comes of it:

- the method fails with an error of the library's, whose code is the errno and whose text names what
  failed, unless EXPECTED says otherwise;
- the same method called again does what it does without the failure;
- no file descriptor and no mapping is left.

test-faults.py SOURCE_ROOT LIBRARY [METHOD…]

The methods and their arguments are those that test-every-method.py declares. A place in the sources
that makes such a call and is not met by any of them is a failure, too, unless it stands in ELSEWHERE."""

import collections
import ctypes
import errno
import gc
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 5  # seconds
# One for each branch that an error can take in the library, and some for the branch of all others.
IOCTL_ERRNOS = [errno.EPERM, errno.ENOENT, errno.EINTR, errno.EIO, errno.ENXIO, errno.E2BIG,
                errno.EAGAIN, errno.ENOMEM, errno.EFAULT, errno.EBUSY, errno.EEXIST, errno.ENODEV,
                errno.EINVAL, errno.ENOTTY, errno.ENOSPC, errno.EOPNOTSUPP]  # fmt: skip
ERRNOS = {
    "eventfd": [errno.EMFILE], "fcntl64": [errno.EMFILE, errno.EPERM], "memfd_create": [errno.EMFILE],
    "ftruncate64": [errno.ENOMEM, errno.EINTR], "mmap64": [errno.ENOMEM, errno.EAGAIN],
    "open64": [errno.ENOENT, errno.EACCES, errno.EBUSY, errno.EMFILE, errno.EINTR],
    "pread64": [errno.EIO, errno.EINTR], "eventfd_read": [errno.EAGAIN],
    "eventfd_write": [errno.EAGAIN], "sigaction": [errno.EINVAL], "pthread_sigmask": [errno.EINVAL],
    "fstat64": [errno.EIO], "mprotect": [errno.ENOMEM], "mremap": [errno.ENOMEM],
    "madvise": [errno.EINVAL, errno.ENOMEM], "syscall": [errno.EAGAIN],
}  # fmt: skip
# What the kernel says to an ioctl that it does not know.
NOT_THERE = (errno.ENOTTY, errno.ENOSYS, errno.EOPNOTSUPP)


class Call(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("request", ctypes.c_ulong),
                ("n_frames", ctypes.c_uint32), ("frames", ctypes.c_uint32 * 16)]  # fmt: skip


faults = ctypes.CDLL(None)
faults.faults_get_call.restype = ctypes.POINTER(Call)

spec = importlib.util.spec_from_file_location("every_method", HERE / "test-every-method.py")
every = importlib.util.module_from_spec(spec)
sys.path.insert(0, str(HERE))
spec.loader.exec_module(every)
from gi.repository import GLib, Kvm  # noqa: E402

# What a message has in it, if it is not the name of the function.
WORDS = {
    "fcntl64": ["F_"], "pread64": ["statistics"], "fstat64": ["fstat ()"],
    "ftruncate64": ["ftruncate ()"], "memfd_create": ["memfd_create ()"], "madvise": ["madvise ()"],
    "mmap64": ["mmap ()"], "open64": ["open ()"], "mprotect": ["mprotect ()"],
    "eventfd": ["eventfd ()"], "sigaction": ["sigaction ()"],
    "g_thread_try_new": ["thread"], **dict.fromkeys(
        ["g_try_malloc", "g_try_malloc0", "g_try_malloc_n", "g_try_malloc0_n", "g_try_realloc",
         "g_try_realloc_n"], ["no room", "no memory", "would take"]),
}  # fmt: skip

# They look whose a descriptor is that they are given, and take nothing else.
ADOPTERS = {"kvm_vm_new_take_fd", "kvm_device_new_take_fd", "kvm_stats_new_take_fd"}

# The codes of the errors that are not the errno. None: there is none, for the reason that is given.
EXPECTED = {
    **{name: Kvm.Error.INVALID for name in ADOPTERS},
    # It is to fail: a VM has no version.
    "kvm_vm_new_take_fd KVM_GET_API_VERSION": None,
    "kvm_vm_new_take_fd KVM_CHECK_EXTENSION":
        {error: Kvm.Error.WRONG_PROCESS if error == errno.EIO else Kvm.Error.INVALID
         for error in IOCTL_ERRNOS},
    # What is no vCPU may be a device.
    "_kvm_vcpu_owns_fd": (None, Kvm.Error.INVALID),
    # They say that it is not there, which is an answer.
    "_kvm_handle_has_attribute": dict.fromkeys(
        [errno.EPERM, errno.ENXIO, errno.EINVAL, *NOT_THERE]),
    "kvm_vm_test_device": dict.fromkeys([errno.ENODEV, *NOT_THERE]),
    "_kvm_handle_peek_extension": None,
    # It is there, or not; and nobody may be told.
    "drain": None, "close_and_unref": None, "_kvm_exit_detach": None,
    # Nothing is lost when it is not set: who looks for it would find it set.
    "_kvm_eventfd_signal": None,
    # That an fd becomes close-on-exec cannot fail.
    "new_take_file fcntl64": None, "kvm_vcpu_new_take_fd fcntl64": None,
    "kvm_system_initable_init fcntl64": None, "kvm_vm_new_take_fd fcntl64": None,
    "kvm_device_new_take_fd fcntl64": None, "kvm_stats_new_take_fd fcntl64": None,
    "madvise": {errno.EINVAL: Kvm.Error.NOT_SUPPORTED},
    # Another signal will do, if it is not the last.
    "is_free": (None, Kvm.Error.BUSY),
    "_kvm_run_thread_prepare": None,  # gettid () and pthread_sigmask () do not fail
    "read_all pread64": {errno.EINTR: None},
    # Whatever it says but the version, it is not KVM.
    "kvm_system_initable_init KVM_GET_API_VERSION": Kvm.Error.INVALID,
    # Without the size of the newer request, or without it, there is the older one.
    "kvm_vcpu_x86_get_xsave KVM_GET_XSAVE2": dict.fromkeys(NOT_THERE),
    "encrypt_op KVM_MEMORY_ENCRYPT_OP": {errno.EINVAL: Kvm.Error.NOT_SUPPORTED},
    "assign KVM_IOEVENTFD": {errno.EEXIST: Kvm.Error.OVERLAP},
    "set_region KVM_SET_USER_MEMORY_REGION": {errno.EEXIST: Kvm.Error.OVERLAP},
    "set_region KVM_SET_USER_MEMORY_REGION2": {errno.EEXIST: Kvm.Error.OVERLAP},
    # A vCPU without a local APIC in the kernel is saved without.
    "has_lapic": dict.fromkeys([errno.EINVAL, *NOT_THERE]),
    # A vCPU that waited for its start has it, and is run again.
    "_kvm_vcpu_enter_again KVM_RUN": {errno.EAGAIN: None},
    "_kvm_vcpu_run_on_bus KVM_RUN": {errno.EAGAIN: None}, "kvm_vcpu_run KVM_RUN": {errno.EAGAIN: None},
    # A VM that has none of these is saved without.
    "get_irqchip": dict.fromkeys([errno.ENXIO, *NOT_THERE]),
    "get_pit": dict.fromkeys([errno.ENXIO, *NOT_THERE]),
    # Longer lists are asked for again.
    "KVM_GET_SUPPORTED_CPUID": {errno.E2BIG: None}, "KVM_GET_EMULATED_CPUID": {errno.E2BIG: None},
    "KVM_GET_CPUID2": {errno.E2BIG: None}, "KVM_GET_SUPPORTED_HV_CPUID": {errno.E2BIG: None},
    "KVM_GET_MSR_INDEX_LIST": {errno.E2BIG: None},
    "KVM_GET_MSR_FEATURE_INDEX_LIST": {errno.E2BIG: None},
}


class Site(collections.namedtuple("Site", "file line function what")):
    def __str__(self):
        return f"{self.file}:{self.line}: {self.what} in {self.function} ()"


# The kind of what came, without the object itself; or the error.
Outcome = collections.namedtuple("Outcome", "kind code message")


# What the other test has no call for, in the same form.
MORE = {
    "DirtyLog": ("log", {
        "get_vm().enable_manual_dirty_log(False)": None,
        "get_vm().add_memory(0x100000, Kvm.Memory.new(0x1000), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)": None,
        "collect()": None,
        "peek()": None,
        "clear_range(w.page)": None,
        "get_ranges()": None,
    }),
    "Exit": ("exit", {"copy()": None}),
    "Memory": ("memory", {
        "load_file(0, Gio.File.new_for_path(tap.__file__), None)": None,
        "new_from_fd(w.memfd.get_fd(), 0, 0x1000, Kvm.MemoryFlags.NONE)": None,
    }),
    "Vcpu": ("pc_vcpu", {  # not on a bus
        "run(None)": None,
        "x86_get_regs()": None,
        "run(None) ": None,
        "x86_get_regs() ": None,
        "x86_set_regs(w.regs)": None,
        "x86_get_sregs2()": None,
        "set_one_reg(0x2030000000000010, 1)": None,
        "x86_set_tsc_khz(w.khz)": None,
        "run(None)  ": None,
        "complete_pending()": None,
    }, "roomy_vm.create_vcpu(3)", {
        "save_state()": None,
        "set_one_reg(0x2030000000000010, 1)": None,
    }, "vcpu", {
        "get_vm().get_io_bus().add_device(Kvm.IoSpace.PORT, 0, 0x10000, w.port, Kvm.IoDeviceFlags.NONE)": None,
        "run(None)": None,
    }),
    "System": ("system.new()", {
        "x86_get_msr_index_list()": None,
    }, "system.new()", {
        "x86_get_msr_feature_index_list()": None,
    }),
    "Vm": ("empty_vm", {
        "enable_dirty_ring(1024)": None,
        "add_memory(0, w.memory, Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)": None,
        "create_vcpu(0)": None,
        "harvest_dirty_rings()": None,
    }, "system.create_vm()", {
        "add_memory_full(0, w.memory, 0, 0x1000, 0, 0, "
        "it.create_guest_memfd(0x1000, Kvm.GuestMemfdFlags.NONE), 0)": None,
    }),
}

# Places to which no method comes under the null KVM in one process, each with its reason.
ELSEWHERE = {
    "kvm-fork.c mmap": "in a forked child, which cannot tell anybody",
    "kvm-ioctl.c make_slowly": "the one way to the kernel: told by who goes it",
    "kvm-vcpu-run.c note_rip": "what it is for may be missing",
    # Of other kernels.
    "kvm-vcpu-x86-fpu.c KVM_GET_XSAVE": "before Linux 5.17",
    "kvm-vcpu-x86-state.c KVM_GET_XSAVE": "before Linux 5.17",
    "kvm-vcpu-x86.c KVM_GET_CPUID2": "before Linux 6.2",
    # Of other architectures, in files that are compiled everywhere.
    "kvm-vcpu-reg-state.c access_reg": "registers by id in a state",
    "kvm-vcpu-reg-state.c save_registers": "registers by id in a state",
    "kvm-vcpu-reg-state.c _kvm_vcpu_reg_save_state": "registers by id in a state",
    "kvm-vcpu-reg-state.c _kvm_vcpu_reg_restore_state": "registers by id in a state",
    "kvm-vm-devices-state.c _kvm_device_list_ask": "interrupt controllers that are devices",
    "kvm-vm-devices-state.c control": "interrupt controllers that are devices",
    "kvm-vm-devices-state.c clear_device": "interrupt controllers that are devices",
    "kvm-vm-devices-state.c save_device": "interrupt controllers that are devices",
    "kvm-vm-devices-state.c restore_attribute": "interrupt controllers that are devices",
    "kvm-vcpu-x86-sync.c _kvm_vcpu_x86_flush_sync": "the null KVM has no registers in the run page",
    "kvm-vcpu-x86-state.c kvm_ioctl": "in a macro: the places that have it count",
    # Nobody is told.
    "kvm-device.c fcntl": "that an fd becomes close-on-exec cannot fail",
    "kvm-vcpu-x86-time.c KVM_SET_TSC_KHZ": "puts back what was when the call before it has failed",
    "kvm-memory.c fstat": "of huge pages, which a host may not have; if it fails their size is not checked",
    # The null KVM's guests write nothing.
    "kvm-dirty.c KVM_RESET_DIRTY_RINGS": "no page is dirty",
}


class Sources:
    """The places in the sources, by the addresses in the library."""

    def __init__(self, root, library):
        self.root, self.library = root, library
        self.known = {}
        self.names = collections.defaultdict(set)
        header = (root / "kvmobj/kvm-abi-private.h").read_text(encoding="utf-8")
        pattern = r"#define _(KVM_\w+)\s*\\?\s*_(IO[WR]*)\s*\(0xae, (0x[0-9a-f]+)"
        for name, kind, number in re.findall(pattern, header):
            self.names[("IO", "IOW", "IOR", "IOWR").index(kind), int(number, 16)].add(name)

    def requests(self, number):
        """What the number may be called."""
        return self.names[number >> 30, number & 0xFF]

    def find(self, addresses):
        """The frames of each, inlined ones first."""
        unknown = sorted({address for address in addresses if address not in self.known})
        if unknown:
            # An address is where the call returns to, which may be in the next line.
            text = subprocess.run(
                ["addr2line", "-a", "-f", "-i", "-e", self.library], check=True, text=True,
                input="".join(f"{address - 1:#x}\n" for address in unknown),
                stdout=subprocess.PIPE).stdout  # fmt: skip
            for address, part in zip(unknown, re.split(r"^0x[0-9a-f]+\n", text, flags=re.M)[1:]):
                lines = part.splitlines()
                self.known[address] = [
                    (pathlib.Path(place.split(":")[0]).name, int(re.sub(r"\D.*", "", place.split(":")[1]) or 0), function)
                    for function, place in zip(lines[::2], lines[1::2])
                ]
        return [frame for address in addresses for frame in self.known[address]]

    def site_of(self, call):
        """Who asked for the call: the innermost that is not in the one way to the kernel."""
        frames = self.find(call.frames[:call.n_frames])
        name = call.name.decode()
        for file, line, function in frames:
            if file not in ("kvm-ioctl.c", "kvm-ioctl-private.h") or name != "ioctl":
                break
            if function == "_kvm_handle_peek_extension":
                break
        names = "|".join(sorted(self.requests(call.request))) if name == "ioctl" else name
        return Site(file, line, function, names)


def evaluate(expression, receiver, world):
    """A descriptor that was not taken is given up here, as is one that is returned."""
    given = []

    def give(fd):
        given.append(fd)
        return fd

    text = re.sub(r"(w\.\w+\.dup_fd\(\))", r"give(\1)", f"it.{expression}")
    try:
        value = eval(text, {**vars(every), "it": receiver, "w": world, "give": give})
        if expression == "dup_fd()":
            os.close(value)
        first = value[0] if isinstance(value, tuple) else value
        return Outcome(first if isinstance(first, bool) else type(first).__name__, None, "")
    except GLib.Error as error:
        for number in given:
            os.close(number)
        return Outcome(None, error.code if error.domain == "kvm-error-quark" else error.domain,
                       error.message)


class Run:
    """One call of a method, in a world of its own."""

    def __init__(self, sources, name, where, before, call, is_static):
        self.sources = sources
        self.name, self.where, self.before, self.call = name, where, before, call
        self.is_static = is_static

    def make(self, number=0, error=0):
        """The outcome with a failure, the calls, and the outcome of the same without it."""
        world = every.World()
        world.memfd = Kvm.Memory.new_memfd(0x1000)
        world.page = Kvm.DirtyRange()
        world.page.guest_address, world.page.length, world.page.slot_number = 0x100000, 0x1000, 1
        where = self.where
        it = eval(f"world.{where}", {"world": world}) if isinstance(where, str) else where
        it_or_class = {False: it, True: getattr(Kvm, self.name) if self.name else Kvm}
        for call in self.before:
            if is_threaded(call):
                continue
            evaluate(call, it_or_class[self.is_static(call)], world)
        receiver = it_or_class[self.is_static(self.call)]
        faults.faults_begin(number, error)
        outcome = evaluate(self.call, receiver, world)
        sites = [self.sources.site_of(faults.faults_get_call(i + 1).contents)
                 for i in range(faults.faults_end())]
        second = evaluate(self.call, receiver, world)
        return outcome, sites, second

    def __str__(self):
        return f"{self.name}.{self.call}"


def count_left():
    """What must not be left."""
    while GLib.MainContext.default().iteration(False):
        pass
    gc.collect()
    with open("/proc/self/maps", encoding="utf-8") as file:
        maps = sum("null-kvm" in line or "memfd:kvmobj" in line for line in file)
    return len(os.listdir("/proc/self/fd")), maps


def wait_for_leak(before, allowed):
    """What is left beyond what is allowed, or None. A thread of GLib's may hold something for a
    moment; a leak stays."""
    end = time.monotonic() + PATIENCE
    while True:
        left = [b - a for a, b in zip(before, count_left())]
        if all(a <= b for a, b in zip(left, allowed)):
            return None
        if time.monotonic() > end:
            return left
        time.sleep(0.01)


def is_threaded(text):
    """What fails in another thread is told later."""
    return "Runner" in text or "_async" in text or "get_result" in text


def is_made_of_others(text):
    return "_state" in text or "MemorySlot.remove" in text or "MemorySlot.move" in text or ".dump" in text


def runs(sources):
    """All that is declared."""
    infos = {info.get_name(): info for info in every.Repository.get_default().get_infos("Kvm")}
    for name, parts in [*every.EXPECTED.items(), *MORE.items()]:
        methods = every.methods_of(infos[name]) if name else {}

        def is_static(call, methods=methods):
            method = methods.get(re.match(r"\w+", call)[0])
            return method is None or not method.is_method()

        for where, calls in zip(parts[::2], parts[1::2]):
            calls = list(calls)
            for index, call in enumerate(calls):
                yield Run(sources, name, where, calls[:index], call, is_static)


def errnos_of(site):
    if site.what.startswith("KVM_"):
        return IOCTL_ERRNOS
    return [errno.ENOMEM] if site.what.startswith("g_") else ERRNOS[site.what]


def expected_of(site, error):
    """The code of the error that is to come, or None if there is to be none."""
    for key in (f"{site.function} {site.what}", site.function, site.what):
        if key in EXPECTED:
            expected = EXPECTED[key]
            if not isinstance(expected, dict):
                return expected
            if error in expected:
                return expected[error]
    if site.what.startswith("KVM_"):
        return None if error == errno.EINTR else Kvm.Error.NOT_SUPPORTED if error in NOT_THERE else error
    return error


def judge(site, error, outcome):
    """What is wrong with an outcome, or None."""
    expected = expected_of(site, error)
    if outcome.code != expected and not (isinstance(expected, tuple) and outcome.code in expected):
        return f"{outcome.code}, not {expected}: {outcome.message}"
    words = WORDS.get(site.what) or site.what.split("|")
    # Who is told what a descriptor is not need not be told by which call.
    may_be_silent = isinstance(expected, tuple) or expected in (
        None, Kvm.Error.INVALID, Kvm.Error.WRONG_PROCESS)
    if not may_be_silent and not any(word in outcome.message for word in words):
        return f"the message names none of {words}: {outcome.message}"
    return None


def run_first(sources, number, error):
    """The first run of a process, in which the kick signal gets its handler."""
    vcpu = Kvm.System.new().create_vm().create_vcpu(0)
    faults.faults_begin(number, error)
    outcome = evaluate("run(None)", vcpu, None)
    sites = [sources.site_of(faults.faults_get_call(i + 1).contents)
             for i in range(faults.faults_end())]
    return outcome, sites, evaluate("run(None)", vcpu, None)


def try_first_runs():
    """Each in a process of its own. Yields the site, the errno, and what is wrong."""
    def run(number=0, error=0):
        command = [sys.executable, __file__, *sys.argv[1:3], "--first-run", str(number), str(error)]
        return eval(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)

    normal, sites, again = run()
    for number, site in enumerate(sites, 1):
        for error in errnos_of(site):
            outcome, _, second = run(number, error)
            yield site, error, judge(site, error, outcome)
            yield site, error, second != again and f"and then {second}, not {again}"


def try_threads(sources):
    """No thread for a vCPU. The same as above."""
    def run(number, error, what):
        world = every.World()
        it = world.runner if what == "runner" else world.pc_vcpu
        if what == "runner":
            it.add_vcpu(world.vcpu)
        faults.faults_begin(number, error)
        it.run_async(None, world.keep)
        sites = [sources.site_of(faults.faults_get_call(i + 1).contents)
                 for i in range(faults.faults_end())]
        if what == "runner" and number == 0:
            it.stop()
        return evaluate("run_finish(w.get_result())", it, world), sites

    for what in "vcpu", "runner":
        _, sites = run(0, 0, what)
        for number, site in enumerate(sites, 1):
            if site.what == "g_thread_try_new":
                outcome, _ = run(number, errno.EAGAIN, what)
                yield site, errno.EAGAIN, judge(site, errno.EAGAIN, outcome)


def places(root):
    """All in the sources that are for every architecture or for this one: file, first and last line,
    and the call."""
    call = re.compile(r"(?<![\w>.*])(kvm_ioctl(?:_value|_sized|_often)?|ioctl|open|fcntl|eventfd|memfd_create|mmap|mremap"
                      r"|mprotect|ftruncate|pread|fstat|sigaction|g_try_\w+|g_thread_try_new) \(")
    for path in sorted(root.glob("kvmobj/**/*.c")):
        if path.parent.name in ("arm64", "riscv"):
            continue
        text = re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match[0]),
                      path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r'"[^"\n]*"', lambda match: " " * len(match[0]), text)
        for match in call.finditer(text):
            first = text.count("\n", 0, match.start()) + 1
            statement = text[match.start():text.index(";", match.start())]
            name = re.search(r"\bKVM_\w+", statement) if "ioctl" in match[1] else None
            function = re.findall(r"^(\w+) \(", text[:match.start()], re.MULTILINE)[-1]
            yield (path.name, first, first + statement.count("\n"), function,
                   name[0] if name else match[1])


def main():
    """Returns the exit status."""
    root, library, *wanted = sys.argv[1:]
    sources = Sources(pathlib.Path(root), library)
    if wanted[:1] == ["--first-run"]:
        print(run_first(sources, *map(int, wanted[1:])))
        return 0
    done, problems = set(), []

    def complain(text):
        problems.append(text)
        print(text, flush=True)

    # Those last that get on when a part fails, or fail in another thread.
    for run in sorted(runs(sources), key=lambda run: is_made_of_others(str(run))):
        # The one tells what failed, and cannot fail itself; the others do so in another thread.
        if run.call == "diagnose()" or is_threaded(str(run)):
            continue
        if wanted and not any(word in str(run) for word in wanted):
            continue
        normal, sites, again = run.make()
        left = count_left()
        run.make()
        left = [b - a for a, b in zip(left, count_left())]
        for number, site in enumerate(sites, 1):
            for error in errnos_of(site):
                if (site, error) in done:
                    continue
                done.add((site, error))
                before = count_left()
                outcome, met, second = run.make(number, error)
                if met[number - 1:number] != [site]:
                    complain(f"{run}: call {number} is another each time")
                    break
                found = [judge(site, error, outcome)]
                if second[:2] not in (normal[:2], again[:2]):
                    found.append(f"and then {second}, not {normal}")
                leak = wait_for_leak(before, left)
                if leak is not None:
                    found.append(f"{leak} descriptors and mappings are left, not {left}")
                for text in filter(None, found):
                    complain(f"{site} {errno.errorcode[error]}: {text} [{run}]")
    # Which lines threads run is not the same each time, so tests/run-coverage goes without.
    threads = [] if "KVMOBJ_TEST_NO_THREADS" in os.environ else try_threads(sources)
    for site, error, text in [] if wanted else [*try_first_runs(), *threads]:
        done.add((site, error))
        if text:
            complain(f"{site} {errno.errorcode[error]}: {text}")

    met = {site[:2] for site, _ in done}
    for file, first, last, function, call in [] if wanted else places(pathlib.Path(root)):
        if call == "g_thread_try_new" and "KVMOBJ_TEST_NO_THREADS" in os.environ:
            continue
        if (f"{file} {call}" not in ELSEWHERE and f"{file} {function}" not in ELSEWHERE
                and not any((file, line) in met for line in range(first, last + 1))):
            complain(f"{file}:{first}: no method comes to {call} in {function} ()")
    print(f"{len(done)} failures of {len({site for site, _ in done})} calls")
    return 1 if problems else 0


sys.exit(main())

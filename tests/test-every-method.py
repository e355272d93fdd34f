#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls every function, constructor and method of the typelib once, on real KVM (x86), and compares
what it gives or how it fails with what is declared here. What is not declared is a failure."""

import re
import struct

import gi

gi.require_version("Kvm", "1.0")
from gi._gi import Repository  # pylint: disable=no-name-in-module
from gi.repository import Gio, GLib, GObject, Kvm

import tap
from tap import check, check_raises

ENTRY = 0x1000
CODES = type(Kvm.Error.IO)
# In 16-bit real mode: writes the digit 0 to port 0x3f8, and a line end, and halts.
HELLO = bytes.fromhex("ba f803  00d8  0430  ee  b00a  ee  f4")
# The bindings do this by themselves, and would do it again after a program had.
FOR_C = {"free", "unref"}
# Each exit has other fields: exits.json has them all, and test-exits.py calls what is declared there.
ELSEWHERE = {"Exit"}


class Port(GObject.Object, Kvm.IoDevice):
    """A device that has nothing."""

    def do_read(self, offset, size):
        return 0x1234

    def do_write(self, offset, size, value):
        return value == 7


def make_bzimage():
    """A kernel that halts at once."""
    image = bytearray(0x800)
    for offset, form, value in [
        (0x1F1, "<B", 1), (0x1F4, "<I", 0x40), (0x1FE, "<H", 0xAA55), (0x200, "<H", 0x66EB),
        (0x202, "4s", b"HdrS"), (0x206, "<H", 0x20F), (0x211, "<B", 1), (0x230, "<I", 0x1000),
        (0x236, "<H", 1), (0x238, "<I", 2047), (0x258, "<Q", 0x100000), (0x260, "<I", 0x1000),
        (0x600, "<B", 0xF4),
    ]:  # fmt: skip
        struct.pack_into(form, image, offset, value)
    return bytes(image)


class World:
    """One of everything. The vCPU has stopped at its first output."""

    def __init__(self):
        self.system = Kvm.System.new()
        self.vm = self.system.create_vm()
        self.memory = Kvm.Memory.new(0x8000)
        self.slot = self.vm.add_memory(0, self.memory, Kvm.MemorySlotFlags.NONE)
        self.memory.write(ENTRY, HELLO)
        self.log = self.vm.create_dirty_log()
        self.vcpu = self.vm.create_vcpu(0)
        self.cpuid = self.system.x86_get_supported_cpuid()
        self.vcpu.x86_set_cpuid(self.cpuid)  # no other can be set after the first run
        self.vcpu.x86_setup_real_mode(ENTRY)
        self.regs = self.vcpu.x86_get_regs()[1]
        self.sregs = self.vcpu.x86_get_sregs()[1]
        check(self.vcpu.run(None), Kvm.ExitReason.IO)
        self.exit = self.vcpu.get_exit()
        self.snapshot = self.memory.create_snapshot()
        self.stats = self.vcpu.get_stats()
        self.stat = self.stats.find("halt_poll_success_ns")
        self.diagnosis = Kvm.System.diagnose()
        self.device = self.vm.create_device(Kvm.DeviceType.VFIO)
        self.doorbell = self.vm.add_doorbell(Kvm.IoSpace.PORT, 0x510, 1)
        self.pc = self.system.create_vm()
        self.pc.create_irqchip()
        self.pc.x86_create_pit(0)
        self.pc.add_memory(0, Kvm.Memory.new(0x10000), Kvm.MemorySlotFlags.NONE)
        self.pc_vcpu = self.pc.create_vcpu(0)
        self.pc_vcpu.x86_set_cpuid(self.cpuid)
        self.trigger = self.pc.add_irq_trigger(5, Kvm.IrqTriggerFlags.RESAMPLE)
        self.bus = self.vm.get_io_bus()
        self.port = Port()
        self.runner = Kvm.Runner.new(self.vm)
        self.gdb_server = Kvm.GdbServer.new(self.runner, None)
        self.entry = Kvm.X86CpuidEntry()
        self.stream = Gio.SimpleIOStream.new(Gio.MemoryInputStream(),
                                             Gio.MemoryOutputStream.new_resizable())
        self.serial = Kvm.Serial.new(self.stream)
        self.debug_exit = Kvm.DebugExit()
        self.i8042 = Kvm.I8042()
        self.rtc = Kvm.Rtc()
        self.msrs = Kvm.X86Msrs.new()
        self.msrs.set(0x174, 8)
        self.filter = Kvm.X86MsrFilter.new(Kvm.X86MsrFilterFlags.NONE)
        self.filter.deny(Kvm.X86MsrAccesses.READ, 0x10, 1)
        self.segment = Kvm.X86Segment()
        self.dtable = Kvm.X86Dtable()
        self.add_state()
        self.results = []

    def add_state(self):
        """What the virtual machines and vCPUs have, and what they can be given."""
        self.arm64_init = Kvm.Arm64VcpuInit.new()
        self.arm64_init.target, self.arm64_init.features = 5, Kvm.Arm64VcpuFeatures.PSCI_0_2
        self.arm64_events = Kvm.Arm64VcpuEvents.new()
        self.arm64_events.serror_pending = 1
        self.arm64_masks = Kvm.Arm64RegMasks.new_from_bytes(GLib.Bytes(
            struct.pack("<192Q", *range(192))))
        self.empty_vm = self.system.create_vm()
        self.roomy_vm = self.system.create_vm()
        self.roomy_vm.add_memory(0, Kvm.Memory.new(0x200000), Kvm.MemorySlotFlags.NONE)
        self.kernel = GLib.Bytes(make_bzimage())
        self.layout = self.roomy_vm.load_kernel(self.kernel, None, "quiet", None)
        self.tree = Kvm.DeviceTree()
        self.clock = Kvm.X86Clock.new()
        self.clock.clock = 10**18
        self.khz = self.vcpu.x86_get_tsc_khz()[1]
        self.vm_state = self.vm.save_state(None)
        self.sregs2 = self.vcpu.x86_get_sregs2()[1]
        self.fpu = self.vcpu.x86_get_fpu()[1]
        self.vcpu.x86_set_fpu(self.fpu)  # so that the extended state has x87 and SSE
        self.xsave = self.vcpu.x86_get_xsave()
        self.xcrs = self.vcpu.x86_get_xcrs()
        self.debug_regs = self.vcpu.x86_get_debug_regs()[1]
        self.events = self.vcpu.x86_get_vcpu_events()[1]
        self.mce = Kvm.X86Mce.new()
        self.mce.status, self.mce.addr, self.mce.bank = 1 << 63 | 5, 0x1000, 3
        self.nested_state = Kvm.X86NestedState.new_from_bytes(GLib.Bytes(
            struct.pack("<HHI", Kvm.X86NestedStateFlags.GIF_SET, Kvm.X86NestedStateFormat.SVM, 128)
            + bytes(120)))
        self.routing = Kvm.IrqRouting.new()
        self.routing.add_irqchip(6, Kvm.X86IrqchipId.PIC_MASTER, 6)
        self.routing.add_msi(7, 0xFEE00000, 0x25, Kvm.MsiFlags.NONE, 0)
        self.ioapic = self.pc.x86_get_irqchip(Kvm.X86IrqchipId.IOAPIC)
        self.pic = self.pc.x86_get_irqchip(Kvm.X86IrqchipId.PIC_MASTER)
        self.pic_state = Kvm.X86PicState.new()
        self.pic_state.irq_base = 0x20
        self.lapic = self.pc_vcpu.x86_get_lapic()
        self.lapic.set_register(0xF0, 0x1FF)  # it is on
        self.pc_vcpu.x86_set_lapic(self.lapic)
        self.pit = self.pc.x86_get_pit()
        self.pit_channel = Kvm.X86PitChannel.new()
        self.pit_channel.count = 0x1234
        self.pmu_filter = Kvm.X86PmuEventFilter.new(Kvm.X86PmuEventAction.DENY)
        self.runstate = Kvm.X86XenAttribute.new_runstate_data(1, 10, 1, 2, 3, 4)
        self.timer = Kvm.X86XenAttribute.new_timer(1, 1 << 40)

    def keep(self, _source, result):
        self.results.append(result)

    def get_result(self):
        """The result of the operation that was started last."""
        while not self.results:
            GLib.MainContext.default().iteration(True)
        return self.results.pop()

    def get_token(self):
        """What a runner asks with; when that is completed it runs on to the next exit, and ends."""
        tokens = []
        self.runner.add_vcpu(self.vcpu)
        self.runner.connect("exit", lambda _, token: tokens.append(token) or len(tokens) == 1)
        self.runner.run_async(None, self.keep)
        while not tokens:
            GLib.MainContext.default().iteration(True)
        return tokens[0]


def fd(number):
    return number > 2


def positive(number):
    return number > 0


def is_hv_cpuid(outcome):
    """Not all hosts have it."""
    return isinstance(outcome, Kvm.X86Cpuid) or outcome == Kvm.Error.NOT_SUPPORTED


def given(capability, expected):
    """What is expected of a call where the host has a capability."""
    has_it = Kvm.System.new().check_extension(capability) != 0
    return expected if has_it else Kvm.Error.NOT_SUPPORTED


def has_bytes(size):
    """So many, or a condition."""
    condition = size if callable(size) else lambda number: number == size
    return lambda data: condition(data.get_size())


def begins(beginning):
    return lambda text: text.startswith(beginning)


def xen(number, value):
    """An attribute for Xen of the type with this number, and with this value."""
    return lambda attribute: (attribute.to_bytes().get_data()[:2] == struct.pack("<H", number)
                              and attribute.get_value() == value)


def of_state(name, size, beginning):
    """What all states have that are saved as bytes; this one is called so in the world."""
    return {
        f"equal(w.{name})": True,
        "to_bytes()": has_bytes(size),
        "to_string()": begins(beginning),
        f"new_from_bytes(w.{name}.to_bytes()).equal(w.{name})": True,
        "new_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
    }


VM_ATTRIBUTE = Kvm.X86XenVmAttributeType
VCPU_ATTRIBUTE = Kvm.X86XenVcpuAttributeType

# By type: an object of it, and calls in their order, each with what it gives: a value, a type, a
# condition, or the code of the error that it fails with. More objects with calls may follow. Each
# type has a world of its own.
EXPECTED = {
    "": (Kvm, {
        "error_quark()": positive,
        "arm64_reg_x(30)": 0x603000000010003C,
        "arm64_reg_v(1)": 0x6040000000100058,
        "arm64_reg_sysreg(3, 0, 1, 0, 2)": 0x603000000013C082,
        "arm64_reg_ccsidr(2)": 0x6020000000110002,
        "arm64_reg_sve_z(1, 0)": 0x6080000000150020,
        "arm64_reg_sve_p(1, 3)": 0x6050000000150423,
        "arm64_reg_sve_ffr(0)": 0x6050000000150600,
        "arm64_reg_to_string(Kvm.ARM64_REG_PC)": "pc",
        "set_kick_signal(9)": Kvm.Error.INVALID,
        "riscv_reg_x(2)": 0x8030000002000002,
        "riscv_reg_f(31)": 0x802000000500001f,
        "riscv_reg_d(31)": 0x803000000600001f,
        "riscv_reg_v(1, 16)": 0x8040000009000007,
        "riscv_reg_isa_ext(Kvm.RiscvIsaExtension.V)": 0x803000000700000f,
        "riscv_reg_isa_multi_en(1)": 0x8030000007010001,
        "riscv_reg_isa_multi_dis(1)": 0x8030000007020001,
        "riscv_reg_sbi_ext(Kvm.RiscvSbiExtension.HSM)": 0x8030000008000005,
        "riscv_reg_sbi_multi_en(0)": 0x8030000008010000,
        "riscv_reg_sbi_multi_dis(0)": 0x8030000008020000,
        "riscv_reg_to_string(Kvm.RISCV_REG_A0)": "a0",
        "riscv_reg_to_string(0)": None,
        "riscv_isa_ext_to_string(11)": "zicbom",
        "riscv_sbi_ext_to_string(1000)": None,
        "state_to_bytes(w.vm_state)": has_bytes(lambda size: size > 4096),
        "state_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
        "state_compare(w.vm_state, w.vm_state)": [],
    }),
    "Arm64RegMasks": ("arm64_masks", {
        "new_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
        "get_mask(Kvm.arm64_reg_sysreg(3, 0, 0, 4, 1))": (True, 33),
        "get_mask(Kvm.arm64_reg_sysreg(3, 3, 0, 7, 7))": (True, 191),
        "get_mask(Kvm.arm64_reg_sysreg(3, 2, 0, 0, 0))": (False, 0),
        "copy().get_mask(Kvm.arm64_reg_sysreg(3, 1, 0, 0, 0))": (True, 64),
        "to_bytes()": has_bytes(1536),
    }),
    "Arm64VcpuEvents": ("arm64_events", {
        "new().serror_pending": 0,
        "copy().serror_pending": 1,
        **of_state("arm64_events", 64, "serror pending=1 has_esr=0 "),
    }),
    "Arm64VcpuInit": ("arm64_init", {
        "new().target": 0,
        "copy().equal(w.arm64_init)": True,
        "equal(Kvm.Arm64VcpuInit.new())": False,
        "to_string()": "target 5, features 0x4 [PSCI_0_2]",
    }),
    "BootLayout": ("layout", {
        "new().entry": 0,
        "copy().entry": 0x100200,
    }),
    "DebugExit": ("debug_exit", {
        "new()": Kvm.DebugExit,
        "get_has_value()": False,
        "get_value()": 0,
    }),
    "Device": ("device", {
        "riscv_get_aia_config(Kvm.RiscvAiaConfig.IDS)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_aia_config(Kvm.RiscvAiaConfig.IDS, 63)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_aplic_address()": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_aplic_address(0xd000000)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_imsic_address(0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_imsic_address(0, 0x28000000)": Kvm.Error.NOT_SUPPORTED,
        "riscv_init_aia()": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_aplic_reg(0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_aplic_reg(0, 0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_imsic_reg(0, 0x70)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_imsic_reg(0, 0x70, 1)": Kvm.Error.NOT_SUPPORTED,
        "new_take_fd(w.vm, 4, w.device.dup_fd())": Kvm.Device,
        "get_vm()": lambda vm: isinstance(vm, Kvm.Vm),
        "get_device_type()": 4,
        "get_fd()": fd,
        "dup_fd()": fd,
        "has_attribute(1, 1)": True,
        "get_attribute(1, 1, 4)": Kvm.Error.NOT_PERMITTED,
        "set_attribute(7, 0, None)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "arm64_vgic_get_address(Kvm.Arm64VgicAddress.ITS)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_set_address(Kvm.Arm64VgicAddress.ITS, 0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_get_redistributors(0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_add_redistributors(0, 0, 1)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_get_n_irqs()": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_set_n_irqs(64)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_get_maintenance_irq()": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_set_maintenance_irq(25)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_init()": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_get_reg(Kvm.Arm64VgicRegs.DISTRIBUTOR, 0, 0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_set_reg(Kvm.Arm64VgicRegs.DISTRIBUTOR, 0, 0, 0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_get_line_levels(0, 32)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_set_line_levels(0, 32, 1)": Kvm.Error.NOT_SUPPORTED,
        "arm64_vgic_save_pending_tables()": Kvm.Error.NOT_SUPPORTED,
        "arm64_its_save_tables()": Kvm.Error.NOT_SUPPORTED,
        "arm64_its_restore_tables()": Kvm.Error.NOT_SUPPORTED,
        "arm64_its_reset()": Kvm.Error.NOT_SUPPORTED,
        "close()": None,
    }),
    "Diagnosis": ("diagnosis", {
        "get_status()": Kvm.DiagnosisStatus.USABLE,
        "get_sandbox()": Kvm.Sandbox,
        "get_group()": None,
        "get_module()": None,
        "get_message()": "KVM can be used.",
    }),
    "DeviceTree": ("tree", {
        "new()": Kvm.DeviceTree,
        "begin_node('')": None,
        "add_string('compatible', 'a,machine')": None,
        "add_cells('#address-cells', [2])": None,
        "add_property('flag', None)": None,
        "end_node()": None,
        # Without libfdt there is none.
        "finish()": lambda tree: tree == Kvm.Error.NOT_SUPPORTED or b"a,machine" in tree.get_data(),
    }),
    "Doorbell": ("doorbell", {
        "get_space()": Kvm.IoSpace.PORT,
        "get_address()": 0x510,
        "get_length()": 1,
        "get_fd()": fd,
        "get_count()": 0,
        "create_source()": GLib.Source,
        "remove()": True,
    }),
    "Error": (Kvm.Error, {
        "quark()": positive,
    }),
    "I8042": ("i8042", {
        "new()": Kvm.I8042,
        "set_reset_requested(True)": None,
        "get_reset_requested()": True,
    }),
    "IoBus": ("bus", {
        "add_device(Kvm.IoSpace.PORT, 0x60, 4, w.port, Kvm.IoDeviceFlags.NONE)": True,
        "find_device(Kvm.IoSpace.PORT, 0x63)": Port,
        "remove_device(w.port)": True,
    }),
    "IoDevice": ("port", {
        "read(0, 2)": 0x1234,
        "write(0, 2, 7)": True,
    }),
    "IrqRouting": ("routing", {
        "new().get_n_routes()": 0,
        "add_irqchip(100, Kvm.X86IrqchipId.PIC_MASTER, 5)": True,
        "add_irqchip(100, Kvm.X86IrqchipId.PIC_MASTER, 4)": Kvm.Error.EXISTS,
        "add_msi(101, 0xfee00000, 0x25, Kvm.MsiFlags.NONE, 0)": True,
        "add_hyperv_sint(102, 0, 2)": True,
        "add_xen_event_channel(103, 1, 0, 0)": True,
        "remove(103)": 1,
        "get_n_routes()": 5,
    }),
    "IrqTrigger": ("trigger", {
        "get_gsi()": 5,
        "get_flags()": Kvm.IrqTriggerFlags.RESAMPLE,
        "get_fd()": fd,
        "raise_()": True,
        "create_source()": GLib.Source,
        "remove()": True,
    }),
    "DirtyLog": ("log", {
        "get_vm()": Kvm.Vm,
        "collect()": True,
        "peek()": True,
        "next()": lambda result: not result[0] and result[1].length == 0,
        "get_ranges()": [],
        "clear_range(Kvm.DirtyRange())": Kvm.Error.INVALID,
    }),
    "DirtyRange": (Kvm.DirtyRange(), {
        "new()": Kvm.DirtyRange,
        "copy()": Kvm.DirtyRange,
    }),
    "MemorySnapshot": ("snapshot", {
        "get_memory()": Kvm.Memory,
    }),
    "Memory": ("memory", {
        "new(0x1001)": Kvm.Error.INVALID,
        "new_memfd(0x1000)": Kvm.Memory,
        "new_full(0x1000, Kvm.MemoryFlags.PREFAULT)": Kvm.Memory,
        "new_from_file(Gio.File.new_for_path(__file__), 0, 0, Kvm.MemoryFlags.COPY_ON_WRITE)":
            Kvm.Memory,
        "new_from_fd(-1, 0, 0, Kvm.MemoryFlags.NONE)": Kvm.Error.BAD_FD,
        "get_size()": 0x8000,
        "get_fd()": -1,
        "write(0x2000, b'abc')": True,
        "fill(0x2001, 1, 0xff)": True,
        "read(0x2000, 3)": b"a\xffc",
        "search(0, 0x8000, b'a\\xffc')": (True, 0x2000),
        "write_u8(0x2001, 0x11)": True,
        "read_u8(0x2001)": (True, 0x11),
        "write_u16_le(0x2001, 0x1122)": True,
        "read_u16_le(0x2001)": (True, 0x1122),
        "write_u16_be(0x2001, 0x1122)": True,
        "read_u16_be(0x2001)": (True, 0x1122),
        "write_u32_le(0x2001, 0x11223344)": True,
        "read_u32_le(0x2001)": (True, 0x11223344),
        "write_u32_be(0x2001, 0x11223344)": True,
        "read_u32_be(0x2001)": (True, 0x11223344),
        "write_u64_le(0x2001, 0x1122334455667788)": True,
        "read_u64_le(0x2001)": (True, 0x1122334455667788),
        "write_u64_be(0x2001, 0x1122334455667788)": True,
        "read_u64_be(0x2001)": (True, 0x1122334455667788),
        "create_snapshot()": Kvm.MemorySnapshot,
        "mark_dirty(0x1000, 1)": True,
        "reset_to(w.memory.create_snapshot())": lambda result: result[0],
        "load_file(0x7fff, Gio.File.new_for_path(__file__), None)": Kvm.Error.INVALID,
        "load_file_async(0x7fff, Gio.File.new_for_path(__file__), 0, None, w.keep)": None,
        "load_file_finish(w.get_result())": Kvm.Error.INVALID,
    }),
    "MemorySlot": ("slot", {
        "get_vm()": Kvm.Vm,
        "get_memory()": Kvm.Memory,
        "get_guest_address()": 0,
        "get_offset()": 0,
        "get_length()": 0x8000,
        "get_number()": 0,
        "get_address_space()": 0,
        "get_flags()": Kvm.MemorySlotFlags.NONE,
        "get_guest_memfd()": None,
        "set_flags(Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)": True,
        "move(0x100000)": True,
        "remove()": True,
    }),
    "Rtc": ("rtc", {
        "new()": Kvm.Rtc,
        "set_offset(-5)": None,
        "get_offset()": -5,
        "set_byte(0x40, 0xa5)": None,
        "get_byte(0x40)": 0xA5,
    }),
    "GdbServer": ("gdb_server", {
        "new(w.runner, None)": Kvm.GdbServer,
        "get_runner()": Kvm.Runner,
        "get_address()": Gio.InetSocketAddress,
        "get_connected()": False,
        "close()": None,
    }),
    "Runner": ("runner", {
        "new(w.vm)": Kvm.Runner,
        "get_vm()": Kvm.Vm,
        "add_vcpu(w.vcpu)": True,
        "run_async(None, w.keep)": None,
        "get_state()": Kvm.RunnerState.RUNNING,
        "pause()": None,
        "resume()": None,
        "stop()": None,
        "run_finish(w.get_result())": lambda exit: exit is None or isinstance(exit, Kvm.Exit),
        "get_ended_vcpu()": lambda vcpu: vcpu is None or isinstance(vcpu, Kvm.Vcpu),
    }),
    "RunnerExit": ("get_token()", {
        "get_exit()": Kvm.Exit,
        "get_vcpu()": Kvm.Vcpu,
        "complete()": True,  # and the run goes on
    }),
    "Serial": ("serial", {
        "new(None)": Kvm.Serial,
        "get_stream()": Gio.SimpleIOStream,
        "set_interrupt_func(lambda *arguments: None)": None,
        "set_interrupt_trigger(w.trigger)": None,
        "flush(None)": True,
        "save_state()": lambda state: state["kind"] == "serial-port",
        "restore_state(w.serial.save_state())": True,
    }),
    "Stat": ("stat", {
        "get_name()": "halt_poll_success_ns",
        "get_kind()": Kvm.StatKind.CUMULATIVE,
        "get_raw_kind()": 0,
        "get_unit()": Kvm.StatUnit.SECONDS,
        "get_raw_unit()": 2,
        "get_base()": 10,
        "get_raw_base()": 0,
        "get_exponent()": -9,
        "get_bucket_size()": 0,
        "get_value()": 0,
        "get_values()": [0],
        "to_bytes().get_data()": bytes(8),
    }),
    "Stats": ("stats", {
        "new_take_fd(w.stats.dup_fd())": Kvm.Stats,
        "get_vm()": Kvm.Vm,
        "get_vcpu()": Kvm.Vcpu,
        "get_id()": lambda text: text.endswith("/vcpu-0"),
        "get_fd()": fd,
        "dup_fd()": fd,
        "find('exits')": Kvm.Stat,
        "update()": True,
        "close()": None,
    }),
    "System": ("system", {
        "new()": Kvm.System,
        "diagnose()": Kvm.Diagnosis,
        "new_for_path('/nonexistent')": Kvm.Error.NOT_FOUND,
        "new_take_fd(w.system.dup_fd())": Kvm.System,
        "get_fd()": fd,
        "dup_fd()": fd,
        "get_api_version()": 12,
        "check_extension(Kvm.Capability.USER_MEMORY)": 1,
        "get_recommended_vcpus()": positive,
        "get_max_vcpus()": positive,
        "get_max_vcpu_id()": positive,
        "get_max_memory_slots()": positive,
        "get_vcpu_mmap_size()": lambda size: size >= 0x1000,
        "has_attribute(9, 9)": False,
        "get_attribute(9, 9, 8)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "arm64_get_vm_type(40, False)": Kvm.Error.NOT_SUPPORTED,
        "x86_get_supported_cpuid()": Kvm.X86Cpuid,
        "x86_refresh_cpuid()": None,
        "x86_get_emulated_cpuid()": Kvm.X86Cpuid,
        "x86_get_supported_hv_cpuid()": is_hv_cpuid,
        "x86_get_msr_index_list()": lambda indexes: 0x174 in indexes,
        "x86_get_msr_feature_index_list()": list,
        "x86_get_feature_msrs([])": Kvm.X86Msrs,
        "x86_get_readable_feature_msrs([0xdeadbeef])": lambda msrs: msrs.get_n_entries() == 0,
        "x86_get_supported_mce_cap()": lambda result: result[0] and result[1] & 1 << 8,  # MCG_CTL
        "create_vm()": Kvm.Vm,
        "create_vm_with_type(0x7fff)": Kvm.Error.INVALID_ARGUMENT,
        "close()": None,
    }),
    "Vcpu": ("vcpu", {
        "new_take_fd(w.vm, 0, w.vcpu.dup_fd())": Kvm.Vcpu,
        "get_vm()": Kvm.Vm,
        "get_id()": 0,
        "get_exit()": Kvm.Exit,
        "get_fd()": fd,
        "dup_fd()": fd,
        "get_stats()": Kvm.Stats,
        "enable_capability(12345, [])": Kvm.Error.INVALID_ARGUMENT,
        "has_attribute(9, 9)": False,
        "get_attribute(9, 9, 8)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "set_attribute(9, 9, b'12345678')": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "get_mp_state()": (True, Kvm.VcpuState.RUNNABLE),
        "get_raw_mp_state()": (True, 0),
        "set_mp_state(12345)": Kvm.Error.INVALID_ARGUMENT,
        "set_guest_debug(Kvm.GuestDebugFlags.NONE, [])": True,
        # The kernel has registers by ids on x86 since 6.18.
        "get_reg_list()": lambda ids: isinstance(ids, list) or ids == Kvm.Error.NOT_SUPPORTED,
        "get_reg_list_bytes()": lambda data: data == Kvm.Error.NOT_SUPPORTED
                                or data.get_size() % 8 == 0,
        "get_one_reg(0x2030000000001234)": lambda error: isinstance(error, CODES),
        "get_one_reg_bytes(0x2030000000001234)": lambda error: isinstance(error, CODES),
        "set_one_reg(0x2020000000000000, 1 << 32)": Kvm.Error.INVALID,
        "set_one_reg_bytes(0x2020000000000000, b'12345')": Kvm.Error.INVALID,
        "complete_pending()": Kvm.ExitReason.INTERRUPTED,
"arm64_init(w.arm64_init)": Kvm.Error.NOT_SUPPORTED,
        "arm64_finalize(Kvm.Arm64VcpuFeatures.SVE)": Kvm.Error.NOT_SUPPORTED,
        "arm64_setup(Kvm.Arm64VcpuFeatures.PSCI_0_2, 0x1000, 0, 0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_sve_lengths()": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_sve_lengths([128])": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_vcpu_events()": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_vcpu_events(w.arm64_events)": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_pmu_irq()": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_pmu_irq(23)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_pmu(8)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_pmu_filter(0x11, 1, Kvm.Arm64PmuFilterAction.DENY)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_pmu_n_counters(4)": Kvm.Error.NOT_SUPPORTED,
        "arm64_init_pmu()": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_timer_irq(Kvm.Arm64Timer.VIRTUAL)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_timer_irq(Kvm.Arm64Timer.VIRTUAL, 27)": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_pvtime_address()": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_pvtime_address(0x1000)": Kvm.Error.NOT_SUPPORTED,
        "riscv_setup_supervisor_mode(0x1000, 0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_external_interrupt(True)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_vector(0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_vector(0, bytes(16))": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_isa_extension(0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_isa_extension(0, True)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_isa_extensions()": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_sbi_extension(0)": Kvm.Error.NOT_SUPPORTED,
        "riscv_set_sbi_extension(0, True)": Kvm.Error.NOT_SUPPORTED,
        "riscv_get_sbi_extensions()": Kvm.Error.NOT_SUPPORTED,
        "set_exit_history(2)": None,
        "get_exit_history()": 2,
        "dump()": begins("vCPU 0: interrupted, with nothing pending"),
        "save_state()": lambda state: state["kind"] == "vcpu" and len(state["regs"]) == 144,
        "restore_state(w.vcpu.save_state())": True,
        "x86_get_cpuid()": Kvm.X86Cpuid,
        "x86_set_cpuid(w.vcpu.x86_get_cpuid())": True,
        "x86_get_regs()": lambda result: result[0] and result[1].rip == ENTRY + 8,
        "x86_set_regs(w.regs)": True,
        "x86_get_sregs()": lambda result: result[0] and result[1].cs.limit == 0xffff,
        "x86_set_sregs(w.sregs)": True,
        "x86_get_supported_hv_cpuid()": is_hv_cpuid,
        "x86_set_msr(0xC0000102, 0xffffffff81234567)": True,
        "x86_get_msr(0xC0000102)": (True, 0xFFFFFFFF81234567),
        "x86_set_msrs(w.msrs)": True,
        "x86_get_msrs([0xdeadbeef])": Kvm.Error.PARTIAL,
        "x86_get_readable_msrs([0xdeadbeef])": lambda msrs: msrs.get_n_entries() == 0,
        "x86_get_sregs2()": lambda result: result[0] and result[1].cs.limit == 0xffff,
        "x86_set_sregs2(w.sregs2)": True,
        "x86_get_fpu()": lambda result: result[0] and result[1].fcw == 0x37f,
        "x86_set_fpu(w.fpu)": True,
        "x86_get_xsave()": lambda state: state.get_fcw() == 0x37f,
        "x86_set_xsave(w.xsave)": True,
        "x86_get_xcrs()": lambda xcrs: xcrs.get_xcr(0) == (True, 1),
        "x86_set_xcrs(w.xcrs)": True,
        "x86_get_debug_regs()": lambda result: result[0] and result[1].dr6 == 0xffff0ff0,
        "x86_set_debug_regs(w.debug_regs)": True,
        "x86_get_vcpu_events()": lambda result: result[0] and result[1].nmi_pending == 0,
        "x86_set_vcpu_events(w.events)": True,
        "x86_get_nested_state()": given(Kvm.Capability.NESTED_STATE, Kvm.X86NestedState),
        "x86_set_nested_state(w.nested_state)": given(Kvm.Capability.NESTED_STATE, True),
        "x86_setup_mce(4)": True,
        "x86_set_mce(w.mce)": True,
        "x86_get_tsc_khz()": lambda result: result[0] and result[1] > 0,
        "x86_set_tsc_khz(w.khz)": True,
        "x86_set_tsc_khz(w.khz // 2)": given(Kvm.Capability.TSC_CONTROL, True),
        "x86_set_tsc_offset(-5)": True,
        # Not every host keeps what is set, and one moves it by itself.
        "x86_get_tsc_offset()": lambda result: result[0],
        "x86_kvmclock_ctrl()": Kvm.Error.INVALID_ARGUMENT,  # the guest does not use that clock
        "x86_translate(0x1234)": (True, 0x1234, Kvm.X86TranslationFlags.WRITABLE),  # no paging
        "setup_boot(w.layout)": Kvm.Error.INVALID,  # there is no memory for its tables
        "x86_setup_protected_mode(0x1000, 0x4000)": True,
        "x86_setup_real_mode(0x1000)": True,
        "set_signal_mask(0)": True,
        "run(None)": Kvm.ExitReason.IO,
        "unset_signal_mask()": True,
        "run_async(None, w.keep)": None,
        "run_finish(w.get_result())": Kvm.ExitReason.IO,
        "x86_set_cr8(16)": Kvm.Error.INVALID,
        "x86_set_interrupt_window_requested(True)": True,
        "x86_get_interrupt_window_requested()": True,
        "x86_nmi()": True,
        "x86_smi()": given(Kvm.Capability.X86_SMM, True),
        "interrupt(256)": Kvm.Error.INVALID_ARGUMENT,
        "x86_memory_encrypt_op(GLib.Bytes(bytes(24)))": Kvm.Error.NOT_SUPPORTED,
        "x86_get_xen_attribute(Kvm.X86XenVcpuAttributeType.TIMER)":
            given(Kvm.Capability.XEN_HVM, Kvm.X86XenAttribute),
        "x86_set_xen_attribute(w.timer)": given(Kvm.Capability.XEN_HVM, True),
        "x86_get_lapic()": Kvm.Error.INVALID_ARGUMENT,  # it is not in the kernel
        "x86_set_lapic(w.lapic)": Kvm.Error.INVALID_ARGUMENT,
        "x86_set_vapic_address(0x3000)": Kvm.Error.INVALID_ARGUMENT,
        "pre_fault_memory(0, 0x1000)": given(Kvm.Capability.PRE_FAULT_MEMORY, (True, 0x1000)),
        "kick()": None,
        "close()": None,
    }, "pc_vcpu", {
        "interrupt(0x30)": Kvm.Error.NO_SUCH_ATTRIBUTE,  # the PIC is in the kernel
        "x86_get_lapic()": lambda lapic: lapic.get_register(0xf0) == (True, 0x1ff),
        "x86_set_lapic(w.lapic)": True,
        "x86_set_tpr_access_reporting(True)": True,
        "x86_set_vapic_address(0x3000)": True,
        "x86_setup_long_mode(0x1000, 0x8000)": True,
        "x86_setup_long_mode(0x1000, 0x10000)": Kvm.Error.INVALID,  # no memory is there
        "x86_translate(0x12345678)": (True, 0x12345678, Kvm.X86TranslationFlags.WRITABLE),
        "x86_translate(1 << 47)": Kvm.Error.NOT_FOUND,
    }),
    "Vm": ("vm", {
        "new_take_fd(w.system, w.vm.dup_fd())": Kvm.Vm,
        "get_system()": Kvm.System,
        "get_fd()": fd,
        "dup_fd()": fd,
        "get_io_bus()": Kvm.IoBus,
        "get_stats()": Kvm.Stats,
        "check_extension(Kvm.Capability.USER_MEMORY)": 1,
        "enable_capability(12345, None)": Kvm.Error.INVALID_ARGUMENT,
        "has_attribute(9, 9)": False,
        "get_attribute(9, 9, 8)": Kvm.Error.NOT_SUPPORTED,
        "set_attribute(9, 9, b'12345678')": Kvm.Error.NOT_SUPPORTED,
        "create_vcpu(0)": Kvm.Error.EXISTS,
        "load_kernel(w.kernel, None, None, None)": Kvm.Error.NO_SPACE,
        "test_device(Kvm.DeviceType.ARM_VGIC_V3)": False,
        "create_device(12345)": Kvm.Error.NO_DEVICE,
        "create_irqchip()": Kvm.Error.INVALID_ARGUMENT,  # there are vCPUs
        "save_state(None)": lambda state: state["vcpus"][0]["architecture"] == "x86_64",
        "restore_state(w.vm_state)": True,
        "save_state_async(None, w.keep)": None,
        "save_state_finish(w.get_result())": lambda state: state["kind"] == "vm",
        "arm64_get_preferred_target()": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_reg_writable_masks()": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_counter_offset(0)": Kvm.Error.NOT_SUPPORTED,
        "arm64_get_mte_tags(0, 0x1000)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_mte_tags(0, bytes(256))": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_smccc_filter(0xc6000000, 1, Kvm.Arm64SmcccFilterAction.DENY)": Kvm.Error.NOT_SUPPORTED,
        "arm64_set_irq_line(Kvm.Arm64IrqKind.SPI, 0, 32, True)": Kvm.Error.NOT_SUPPORTED,
        "arm64_create_vgic_v2(0x8000000, 0x8010000)": Kvm.Error.NOT_SUPPORTED,
        "arm64_create_vgic_v3(0x8000000, 0x80a0000)": Kvm.Error.NOT_SUPPORTED,
        "arm64_create_vgic_its(0x8080000)": Kvm.Error.NOT_SUPPORTED,
        "x86_set_tss_address(1 << 40)": Kvm.Error.INVALID_ARGUMENT,
        "x86_set_msr_filter(w.filter)": True,
        "x86_set_msr_exits(Kvm.X86MsrExitReasons.FILTERED)": True,
        "add_memory(0, w.memory, Kvm.MemorySlotFlags.NONE)": Kvm.Error.OVERLAP,
        "add_memory_full(0x10000, w.memory, 0x1000, 0x1000, 0, 0, None, 0)": Kvm.MemorySlot,
        "create_guest_memfd(0x1000, Kvm.GuestMemfdFlags.NONE)":
            given(Kvm.Capability.GUEST_MEMFD, lambda memory: memory.get_fd() >= 0),
        "write_memory(0x3000, b'abc')": True,
        "read_memory(0x3001, 2)": b"bc",
        "set_memory_attributes(0, 0x1000, 0)": given(Kvm.Capability.MEMORY_ATTRIBUTES, True),
        "create_dirty_log()": Kvm.DirtyLog,
        "list_memory_slots()": Kvm.MemorySlotList,
        "enable_dirty_ring(1024)": Kvm.Error.INVALID_ARGUMENT,  # there are vCPUs
        "harvest_dirty_rings()": True,
        "enable_manual_dirty_log(False)": True,
        "add_doorbell(Kvm.IoSpace.PORT, 0x510, 1)": Kvm.Error.OVERLAP,
        "add_doorbell_for_value(Kvm.IoSpace.MMIO, 0x20000, 4, 7)": Kvm.Doorbell,
        "add_irq_trigger(5, Kvm.IrqTriggerFlags.NONE)": Kvm.Error.INVALID_ARGUMENT,
        "add_coalesced_zone(Kvm.IoSpace.PORT, 0x520, 1)": True,
        "drain_coalesced(lambda *write: None)": 0,
        "remove_coalesced_zone(Kvm.IoSpace.PORT, 0x520, 1)": True,
        "set_irq_line(6, True)": Kvm.Error.NO_SUCH_ATTRIBUTE,  # there is no irqchip
        "set_irq_line_status(6, True)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "signal_msi(0xfee00000, 0x25, Kvm.MsiFlags.NONE, 0)": Kvm.Error.INVALID_ARGUMENT,
        "x86_enable_split_irqchip(24)": Kvm.Error.EXISTS,  # there are vCPUs
        "x86_get_irqchip(Kvm.X86IrqchipId.IOAPIC)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "x86_set_irqchip(w.ioapic)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "x86_get_pit()": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "x86_set_pit(w.pit)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        "x86_set_pit_reinject(False)": Kvm.Error.NO_SUCH_ATTRIBUTE,
        # There is no irqchip, of which old kernels take no notice.
        "x86_create_pit(0)": lambda outcome: outcome in (True, Kvm.Error.NOT_FOUND),
        "x86_set_boot_cpu_id(1)": Kvm.Error.BUSY,
        "x86_set_identity_map_address(0xfeffc000)": Kvm.Error.INVALID_ARGUMENT,
        "x86_set_clock(w.clock)": True,
        "x86_get_clock()": lambda result: result[0] and 10**18 < result[1].clock < 2 * 10**18,
        "x86_get_tsc_khz()": lambda result: result[0] and result[1] > 0,
        "x86_set_tsc_khz(w.khz)": given(Kvm.Capability.VM_TSC_CONTROL, Kvm.Error.INVALID_ARGUMENT),
        "x86_get_xen_attribute(Kvm.X86XenVmAttributeType.VERSION)":
            given(Kvm.Capability.XEN_HVM, Kvm.X86XenAttribute),
        "x86_set_xen_attribute(w.timer)": Kvm.Error.INVALID,  # it is a vCPU's
        "x86_set_xen_attribute(Kvm.X86XenAttribute.new_version(5))":
            given(Kvm.Capability.XEN_HVM, True),
        "x86_set_xen_hvm_config(Kvm.X86XenHvmFlags.INTERCEPT_HYPERCALLS, 0x40000000, None, None)":
            given(Kvm.Capability.XEN_HVM, True),
        "x86_send_xen_event(1, 0)": given(Kvm.Capability.XEN_HVM, Kvm.Error.INVALID_ARGUMENT),
        "x86_add_hyperv_eventfd(1, w.doorbell.get_fd())":
            given(Kvm.Capability.HYPERV_EVENTFD, True),
        "x86_remove_hyperv_eventfd(1)": given(Kvm.Capability.HYPERV_EVENTFD, True),
        "x86_memory_encrypt_op(GLib.Bytes(bytes(24)))": Kvm.Error.NOT_SUPPORTED,
        "x86_memory_encrypt_op(GLib.Bytes(b'1'))": Kvm.Error.INVALID,
        "x86_run_sev_command(Kvm.X86SevCommand.INIT2, None, -1)": Kvm.Error.NOT_SUPPORTED,
        "x86_register_encrypted_region(w.memory, 0, 0x1000)": Kvm.Error.NOT_SUPPORTED,
        "x86_register_encrypted_region(w.memory, 0x8000, 1)": Kvm.Error.INVALID,
        "x86_unregister_encrypted_region(w.memory, 0, 0x1000)": Kvm.Error.NOT_SUPPORTED,
        "close()": None,
    }, "empty_vm", {
        "x86_set_identity_map_address(0xfeffc000)": True,
        "x86_set_nr_mmu_pages(64)": True,
        "x86_set_nr_mmu_pages(63)": Kvm.Error.INVALID_ARGUMENT,
        "x86_set_pmu_event_filter(w.pmu_filter)": True,
        "x86_set_tsc_khz(w.khz)": given(Kvm.Capability.VM_TSC_CONTROL, True),
        "x86_set_boot_cpu_id(1)": True,
        "x86_enable_split_irqchip(24)": True,
    }, "pc", {
        "create_irqchip()": Kvm.Error.EXISTS,
        "x86_create_pit(0)": Kvm.Error.EXISTS,
        "set_irq_line(6, True)": True,
        "set_irq_line_status(3, True)": (True, 1),  # the PIC has it; it is masked in the I/O APIC
        "set_irq_line_status(3, False)": (True, 2),  # both
        "set_irq_routing(w.routing)": True,
        "signal_msi(0xfee00000, 0x25, Kvm.MsiFlags.NONE, 0)": (True, 1),
        "x86_get_irqchip(Kvm.X86IrqchipId.PIC_SLAVE)":
            lambda chip: chip.get_id() == Kvm.X86IrqchipId.PIC_SLAVE,
        "x86_set_irqchip(w.ioapic)": True,
        "x86_get_pit()": Kvm.X86PitState,
        "x86_set_pit(w.pit)": True,
        "x86_set_pit_reinject(False)": True,
    }),
    "X86Clock": ("clock", {
        "new().clock": 0,
        "copy().clock": 10**18,
        **of_state("clock", 48, "clock=1000000000000000000"),
    }),
    "X86Cpuid": ("cpuid", {
        "new([w.entry])": Kvm.X86Cpuid,
        "get_n_entries()": positive,
        "get_entry(0)": lambda result: result[0] and result[1].function == 0,
        "find(0x12345678, 0)": lambda result: not result[0],
        "equal(w.cpuid)": True,
        "filter(lambda entry, *data: entry.function < 2)": lambda cpuid: cpuid.get_n_entries() == 2,
        "with_entry(w.entry)": Kvm.X86Cpuid,
        "without(0)": lambda cpuid: not cpuid.find(0, 0)[0],
        "to_bytes()": lambda data: data.get_size() % 40 == 0,
        "to_string()": lambda text: text.startswith("0x00000000: eax="),
        "new_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
        "ref()": Kvm.X86Cpuid,
    }),
    "X86CpuidEntry": ("entry", {
        "new()": Kvm.X86CpuidEntry,
        "copy()": Kvm.X86CpuidEntry,
    }),
    "X86DebugRegs": ("debug_regs", {
        "new().dr6": 0,
        "copy().dr6": 0xffff0ff0,
        **of_state("debug_regs", 128, "dr0=0000000000000000 dr1="),
    }),
    "X86Dtable": ("dtable", {
        "new()": Kvm.X86Dtable,
        "copy()": Kvm.X86Dtable,
    }),
    "X86Fpu": ("fpu", {
        "new().fcw": 0,
        "copy().fcw": 0x37f,
        "set_fpr(7, b'0123456789abcdef')": True,
        "get_fpr(7)": b"0123456789abcdef",
        "get_fpr(8)": Kvm.Error.INVALID,
        "set_xmm(15, b'0123456789ABCDEF')": True,
        "get_xmm(15)": b"0123456789ABCDEF",
        "set_xmm(0, b'short')": Kvm.Error.INVALID,
        **of_state("fpu", 416, "fcw=037f fsw=0000 ftw=00 "),
    }),
    "X86Irqchip": ("ioapic", {
        "get_id()": Kvm.X86IrqchipId.IOAPIC,
        "get_ioapic_address()": 0xfec00000,
        "get_ioapic_register()": 0,
        "get_ioapic_id()": 0,
        "get_ioapic_irr()": 0,
        "set_redirection(23, 0x0300000000018834)": True,
        "get_redirection(23)": (True, 0x0300000000018834),
        "get_redirection(24)": Kvm.Error.INVALID,
        "get_pic()": Kvm.Error.INVALID,
        "copy().get_id()": Kvm.X86IrqchipId.IOAPIC,
        **of_state("ioapic", 520, "I/O APIC: id=00 irr=000000 at fec00000\npin  0: "),
    }, "pic", {
        "get_id()": Kvm.X86IrqchipId.PIC_MASTER,
        "set_pic(w.pic_state)": True,
        "get_pic()": lambda result: result[0] and result[1].irq_base == 0x20,
        "get_redirection(0)": Kvm.Error.INVALID,
        "to_string()": "master PIC: irr=00 imr=00 isr=00 base=20 elcr=00",
    }),
    "X86Lapic": ("lapic", {
        "get_register(0x20)": (True, 0),  # the id
        "set_register(0x80, 0x20)": True,
        "get_register(0x80)": (True, 0x20),
        "get_register(0x81)": Kvm.Error.INVALID,
        "copy().get_register(0x80)": (True, 0x20),
        **of_state("lapic", 1024, "id=00000000 "),
    }),
    "X86Mce": ("mce", {
        "new().bank": 0,
        "copy().bank": 3,
        **of_state("mce", 64, "bank=3 status=8000000000000005 [VAL] addr="),
    }),
    "X86MsrFilter": ("filter", {
        "new(Kvm.X86MsrFilterFlags.DEFAULT_DENY)": Kvm.X86MsrFilter,
        "allow(Kvm.X86MsrAccesses.READ, 0x10, 1)": True,
        "deny(Kvm.X86MsrAccesses.READ, 0x20, 1)": True,
        "add_bitmap(Kvm.X86MsrAccesses.READ, 0x174, 3, b'x')": True,
        "get_n_ranges()": 4,
        "copy()": Kvm.X86MsrFilter,
    }),
    "X86Msrs": ("msrs", {
        "new()": Kvm.X86Msrs,
        "new_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
        "set(0x174, 9)": None,
        "get_n_entries()": 1,
        "get_entry(0)": (True, 0x174, 9),
        "lookup(0x175)": (False, 0),
        "copy()": Kvm.X86Msrs,
        "equal(Kvm.X86Msrs.new())": False,
        "to_bytes().get_data()": bytes.fromhex("74010000 00000000 0900000000000000"),
        "to_string()": "0x00000174=0000000000000009\n",
    }),
    "X86NestedState": ("nested_state", {
        "ref()": Kvm.X86NestedState,
        "get_flags()": 0x100,
        "get_format()": 1,
        "get_size()": 128,
        **of_state("nested_state", 128, "flags=0100 format=1 size=128"),
    }),
    "X86PicState": ("pic_state", {
        "new().irq_base": 0,
        "copy().irq_base": 0x20,
    }),
    "X86PitChannel": ("pit_channel", {
        "new().count": 0,
        "copy().count": 0x1234,
    }),
    "X86PitState": ("pit", {
        "set_channel(2, w.pit_channel)": True,
        "get_channel(2)": lambda result: result[0] and result[1].count == 0x1234,
        "get_channel(3)": Kvm.Error.INVALID,
        "set_flags(1)": None,
        "get_flags()": 1,
        "copy().get_flags()": 1,
        **of_state("pit", 112, "flags=1\n"),
    }),
    "X86PmuEventFilter": ("pmu_filter", {
        "new(Kvm.X86PmuEventAction.ALLOW).get_n_events()": 0,
        "add_event(0xc0, 0)": True,
        "add_event(0x1000, 0)": Kvm.Error.INVALID,
        "add_masked_event(0x2e, 0xf0, 0x40, True)": True,
        "set_fixed_counters(7)": None,
        "get_n_events()": 2,
        "copy().get_n_events()": 2,
    }),
    "X86Regs": ("regs", {
        "new()": Kvm.X86Regs,
        "equal(Kvm.X86Regs.new())": False,
        "new_from_bytes(GLib.Bytes(b'123'))": Kvm.Error.INVALID,
        "copy()": lambda regs: regs.rip == ENTRY,
        "to_bytes()": lambda data: data.get_size() == 144,
        "to_string()": lambda text: re.search(r"rip=0*1000\b", text),
    }),
    "X86Segment": ("segment", {
        "new()": Kvm.X86Segment,
        "copy()": Kvm.X86Segment,
    }),
    "X86Sregs": ("sregs", {
        "new()": Kvm.X86Sregs,
        "copy().cs.limit": 0xffff,
        "set_interrupt_bitmap([1, 2, 3, 4])": True,
        **of_state("sregs", 312, "cr0="),
    }),
    "X86Sregs2": ("sregs2", {
        "new().cs.limit": 0,
        "copy().cs.limit": 0xffff,
        **of_state("sregs2", 320, "cr0="),
    }),
    "X86VcpuEvents": ("events", {
        "new().nmi_pending": 0,
        "copy().nmi_pending": 0,
        **of_state("events", 64, "exception nr=0 injected=0 pending=0 "),
    }),
    "X86Xcrs": ("xcrs", {
        "new().get_numbers()": [],
        "get_numbers()": [0],
        "set_xcr(0, 7)": True,
        "get_xcr(0)": (True, 7),
        "get_xcr(1)": (False, 0),
        "copy().get_xcr(0)": (True, 7),
        **of_state("xcrs", 392, "xcr0=0000000000000007"),
    }),
    "X86XenAttribute": ("runstate", {
        "new_long_mode(True)": xen(VM_ATTRIBUTE.LONG_MODE, 1),
        "new_shared_info(5)": xen(VM_ATTRIBUTE.SHARED_INFO, 5),
        "new_shared_info_hva(0x1000)": xen(VM_ATTRIBUTE.SHARED_INFO_HVA, 0x1000),
        "new_upcall_vector(0xf3)": xen(VM_ATTRIBUTE.UPCALL_VECTOR, 0xf3),
        "new_event_to_port(1, 2, 3, 4, False)": xen(VM_ATTRIBUTE.EVENT_CHANNEL, 1),
        "new_event_to_eventfd(5, 2, 3)": xen(VM_ATTRIBUTE.EVENT_CHANNEL, 5),
        "new_event_removed(6)": xen(VM_ATTRIBUTE.EVENT_CHANNEL, 6),
        "new_events_reset()": xen(VM_ATTRIBUTE.EVENT_CHANNEL, 0),
        "new_version(0x40005)": xen(VM_ATTRIBUTE.VERSION, 0x40005),
        "new_runstate_update(True)": xen(VM_ATTRIBUTE.RUNSTATE_UPDATE, 1),
        "new_vcpu_info(0x2000)": xen(VCPU_ATTRIBUTE.VCPU_INFO, 0x2000),
        "new_vcpu_info_hva(0x3000)": xen(VCPU_ATTRIBUTE.VCPU_INFO_HVA, 0x3000),
        "new_time_info(0x4000)": xen(VCPU_ATTRIBUTE.TIME_INFO, 0x4000),
        "new_runstate_address(0x5000)": xen(VCPU_ATTRIBUTE.RUNSTATE_ADDRESS, 0x5000),
        "new_runstate_current(2)": xen(VCPU_ATTRIBUTE.RUNSTATE_CURRENT, 2),
        "new_runstate_data(3, 10, 1, 2, 3, 4)": xen(VCPU_ATTRIBUTE.RUNSTATE_DATA, 3),
        "new_runstate_adjustment(1, 1, 1, 0, 0, 0)": xen(VCPU_ATTRIBUTE.RUNSTATE_ADJUST, 1),
        "new_vcpu_id(7)": xen(VCPU_ATTRIBUTE.VCPU_ID, 7),
        "new_timer(8, 1 << 40)": xen(VCPU_ATTRIBUTE.TIMER, 8),
        "new_vcpu_upcall_vector(0x31)": xen(VCPU_ATTRIBUTE.UPCALL_VECTOR, 0x31),
        "get_runstate()": (True, 10, 1, 2, 3, 4),
        "get_value()": 1,
        "get_timer_expiry()": 0,
        "copy().equal(w.runstate)": True,
        "equal(w.timer)": False,
        "to_bytes()": has_bytes(72),
    }, "timer", {
        "get_timer_expiry()": 1 << 40,
        "get_runstate()": (False, 0, 0, 0, 0, 0),
    }),
    "X86Xsave": ("xsave", {
        "ref()": Kvm.X86Xsave,
        "get_size()": lambda size: size >= 4096,
        "get_fcw()": 0x37f,
        "get_fsw()": 0,
        "get_mxcsr()": 0x1f80,
        "get_xstate_bv()": lambda bits: bits & 3 == 3,
        "get_component(w.cpuid, 2)": has_bytes(256),
        "get_component(w.cpuid, 0)": Kvm.Error.INVALID,
        **of_state("xsave", 4096, "fcw=037f fsw=0000 mxcsr=00001f80 "),
    }),
}


def evaluate(expression, receiver, world):
    """What a call gives, or the code of the error that it fails with."""
    try:
        return eval(f"it.{expression}", globals(), {"it": receiver, "w": world})
    except GLib.Error as error:
        if error.domain != "kvm-error-quark":
            raise
        return next((code for code in vars(Kvm.Error).values()
                     if isinstance(code, CODES) and code == error.code), error.code)


def check_outcome(outcome, expected, what):
    if isinstance(expected, type):
        assert isinstance(outcome, expected), f"{what} gives {outcome!r}, not a {expected}"
    elif callable(expected):
        assert expected(outcome), f"{what} gives {outcome!r}"
    else:
        check(outcome, expected, what)


def methods_of(info):
    return {method.get_name(): method for method in info.get_methods()} if hasattr(
        info, "get_methods") else {}


def add_type(name, info, methods):
    """A test of all methods of a type; those of the namespace have an empty name."""
    def run():
        world = World()
        parts = EXPECTED.get(name, ())
        declared = {re.match(r"\w+", call)[0] for calls in parts[1::2] for call in calls}
        check(sorted(set(methods) - declared - FOR_C), [], "not declared")
        check(sorted(declared - set(methods)), [], "declared, but not there")
        for where, calls in zip(parts[::2], parts[1::2]):
            it = eval(f"world.{where}", {"world": world}) if isinstance(where, str) else where
            for call, expected in calls.items():
                method = methods[re.match(r"\w+", call)[0]]
                is_static = info is not None and not method.is_method()
                receiver = getattr(Kvm, name) if is_static else it
                check_outcome(evaluate(call, receiver, world), expected, f"{name}.{call}")

    tap.add(name or "functions", run)


functions = {}
for found in Repository.get_default().get_infos("Kvm"):
    if type(found).__name__ == "FunctionInfo":
        functions[found.get_name()] = found
    elif methods_of(found) and found.get_name() not in ELSEWHERE:
        add_type(found.get_name(), found, methods_of(found))
add_type("", None, functions)


@tap.test
def nothing_else_is_declared():
    names = {info.get_name() for info in Repository.get_default().get_infos("Kvm")}
    check(sorted(set(EXPECTED) - names - {""}), [])


if __name__ == "__main__":
    tap.run()

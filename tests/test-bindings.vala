/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the C tests show, from Vala, on real KVM (x86). */

/* In 16-bit real mode; test-bindings.py says what they do. */
const uint8[] HELLO = { 0xba, 0xf8, 0x03, 0x00, 0xd8, 0x04, 0x30, 0xee, 0xb0, 0x0a, 0xee, 0xf4 };
const uint8[] HALT = { 0xf4, 0xeb, 0xfd };
const uint8[] SPIN = { 0xeb, 0xfe };
const uint8[] STEPS = { 0x40, 0x40, 0x40, 0xf4 };
const uint8[] ECHO = { 0xe5, 0x60, 0xe7, 0x61, 0xf4 };
const uint8[] STRING = { 0xba, 0x61, 0, 0xbe, 0, 0x18, 0xb9, 5, 0, 0xfc, 0xf3, 0x6e, 0xf4 };

const uint64 ENTRY = 0x1000;
const uint64 BIG = 0xffffffff81000000ULL;

/* A virtual machine with 32 KiB of memory at 0 and one vCPU that is about to run code. */
class Guest : Object
{
  public Kvm.System system;
  public Kvm.Vm vm;
  public Kvm.Memory memory;
  public Kvm.MemorySlot slot;
  public Kvm.Vcpu vcpu;
  public unowned Kvm.Exit exit;

  public Guest (uint8[] code) throws Error
  {
    system = new Kvm.System ();
    vm = system.create_vm ();
    memory = new Kvm.Memory (0x8000);
    slot = vm.add_memory (0, memory, Kvm.MemorySlotFlags.NONE);
    memory.write (ENTRY, code);
    vcpu = vm.create_vcpu (0);
    vcpu.x86_setup_real_mode (ENTRY);
    exit = vcpu.get_exit ();
  }

  public void run (Kvm.ExitReason expected) throws Error
  {
    if (vcpu.run (null) != expected)
      error ("the guest stopped: %s", exit.to_string ());
  }
}

void wait_until_running (Kvm.Vcpu vcpu)
{
  try
    {
      while (true)
        {
          uint state;
          vcpu.get_raw_mp_state (out state);
          Thread.usleep (1000);
        }
    }
  catch (Kvm.Error.RUNNING e)
    {
    }
  catch (Error e)
    {
      error ("%s", e.message);
    }
}

delegate void Call () throws Error;

/* The call fails with this code of Kvm.Error. */
void check_throws (int code, string text, Call call)
{
  try
    {
      call ();
    }
  catch (Error e)
    {
      if (e.domain != Kvm.Error.quark () || e.code != code || !(text in e.message))
        error ("%s %d: %s", e.domain.to_string (), e.code, e.message);
      return;
    }
  error ("no error");
}

void test_hello () throws Error
{
  var guest = new Guest (HELLO);
  Kvm.X86Regs regs;
  guest.vcpu.x86_get_regs (out regs);
  regs.rax = regs.rbx = 2;
  guest.vcpu.x86_set_regs (regs);
  var output = new StringBuilder ();
  while (guest.vcpu.run (null) == Kvm.ExitReason.IO)
    output.append_c ((char) guest.exit.get_value ());
  assert (guest.exit.get_reason () == Kvm.ExitReason.HLT);
  assert (output.str == "4\n");
}

void test_answers () throws Error
{
  var guest = new Guest (ECHO);
  guest.run (Kvm.ExitReason.IO);
  assert (!guest.exit.is_write () && guest.exit.get_size () == 2);
  guest.exit.set_value (0xcafebeef);
  guest.run (Kvm.ExitReason.IO);
  assert (guest.exit.get_value () == 0xbeef);
  var data = guest.exit.get_data ();
  assert (data.length == 2 && data[0] == 0xef && data[1] == 0xbe);
  guest.run (Kvm.ExitReason.HLT);
}

void test_string () throws Error
{
  var guest = new Guest (STRING);
  guest.memory.write (0x1800, "Hello".data);
  var output = new StringBuilder ();
  while (guest.vcpu.run (null) == Kvm.ExitReason.IO)
    for (uint i = 0; i < guest.exit.get_count (); i++)
      output.append_c ((char) guest.exit.get_element (i));
  assert (output.str == "Hello");
}

void test_copy () throws Error
{
  var guest = new Guest (HELLO);
  guest.run (Kvm.ExitReason.IO);
  var copy = guest.exit.copy ();
  guest.run (Kvm.ExitReason.IO);
  guest.run (Kvm.ExitReason.HLT);
  assert (copy.get_reason () == Kvm.ExitReason.IO && copy.get_value () == '0');
}

void test_registers () throws Error
{
  var guest = new Guest (HALT);
  Kvm.X86Regs regs = {};
  regs.rax = uint64.MAX;
  regs.r15 = BIG;
  regs.rip = ENTRY;
  regs.rflags = 2;
  guest.vcpu.x86_set_regs (regs);
  Kvm.X86Regs got;
  guest.vcpu.x86_get_regs (out got);
  assert (got.rax == uint64.MAX && got.r15 == BIG && got.rip == ENTRY && got.rflags == 2);
  assert (got.to_bytes ().get_size () == 144);
  assert ("ffffffffffffffff" in got.to_string ());

  Kvm.X86Sregs sregs;
  guest.vcpu.x86_get_sregs (out sregs);
  sregs.fs.base = 0x12340;
  sregs.fs.selector = 0x1234;
  sregs.gdt.base = BIG;
  sregs.gdt.limit = 0x8182;
  sregs.cr2 = uint64.MAX;
  guest.vcpu.x86_set_sregs (sregs);
  Kvm.X86Sregs got_sregs;
  guest.vcpu.x86_get_sregs (out got_sregs);
  assert (got_sregs.fs.base == 0x12340 && got_sregs.fs.selector == 0x1234);
  assert (got_sregs.gdt.base == BIG && got_sregs.gdt.limit == 0x8182);
  assert (got_sregs.cr2 == uint64.MAX);
  sregs.cr0 = 0x80000000;
  check_throws (Kvm.Error.INVALID_ARGUMENT, "CR0.PE", () => guest.vcpu.x86_set_sregs (sregs));

  Kvm.X86Fpu fpu;
  guest.vcpu.x86_get_fpu (out fpu);
  fpu.fcw = 0x27f;
  fpu.set_xmm (15, "0123456789abcdef".data);
  guest.vcpu.x86_set_fpu (fpu);
  Kvm.X86Fpu got_fpu;
  guest.vcpu.x86_get_fpu (out got_fpu);
  assert (got_fpu.fcw == 0x27f && got_fpu.equal (fpu) && got_fpu.get_xmm (15)[1] == '1');
  assert ((guest.vcpu.x86_get_xsave ().get_xstate_bv () & 3) == 3);
  var xcrs = new Kvm.X86Xcrs ();
  xcrs.set_xcr (0, 1);
  guest.vcpu.x86_set_xcrs (xcrs);
  uint64 value;
  assert (guest.vcpu.x86_get_xcrs ().get_xcr (0, out value) && value == 1);
  Kvm.X86DebugRegs debug;
  guest.vcpu.x86_get_debug_regs (out debug);
  debug.dr0 = BIG;
  guest.vcpu.x86_set_debug_regs (debug);
  Kvm.X86VcpuEvents events;
  guest.vcpu.x86_get_vcpu_events (out events);
  guest.vcpu.x86_set_vcpu_events (events);
  Kvm.X86Sregs2 sregs2;
  guest.vcpu.x86_get_sregs2 (out sregs2);
  assert (sregs2.cr2 == uint64.MAX);
  guest.vcpu.x86_set_sregs2 (sregs2);
  Kvm.X86TranslationFlags flags;
  guest.vcpu.x86_translate (0x1234, out value, out flags);
  assert (value == 0x1234 && flags == Kvm.X86TranslationFlags.WRITABLE);

  sregs.set_interrupt_bitmap ({ 1, BIG, uint64.MAX, 2 });
  assert (sregs.interrupt_bitmap[1] == BIG && sregs.interrupt_bitmap[2] == uint64.MAX);
  check_throws (Kvm.Error.INVALID, "", () => sregs.set_interrupt_bitmap ({ 1, 2, 3 }));
}

void test_errors () throws Error
{
  var guest = new Guest (HALT);
  check_throws (Kvm.Error.NOT_FOUND, "/nonexistent",
                () => new Kvm.System.for_path ("/nonexistent"));
  check_throws (Kvm.Error.EXISTS, "KVM_CREATE_VCPU", () => guest.vm.create_vcpu (0));
  check_throws (Kvm.Error.NO_DEVICE, "12345", () => guest.vm.create_device (12345));
  check_throws (Kvm.Error.INVALID, "64 KiB", () => guest.vcpu.x86_setup_real_mode (0x10000));
  check_throws (Kvm.Error.INVALID, "", () => guest.vcpu.enable_capability (1, { 0, 0, 0, 0, 0 }));
  try
    {
      guest.vm.add_memory (0x1000, new Kvm.Memory (0x1000), Kvm.MemorySlotFlags.NONE);
      assert_not_reached ();
    }
  catch (Kvm.Error.OVERLAP e)
    {
      assert ("overlaps slot 0, which is at 0x0 to 0x7fff" in e.message);
    }
  try
    {
      guest.vcpu.close ();
      guest.vcpu.close ();
      guest.vcpu.run (null);
      assert_not_reached ();
    }
  catch (Kvm.Error.CLOSED e)
    {
    }
  guest.vm.close ();
  guest.system.close ();
  check_throws (Kvm.Error.CLOSED, "closed", () => guest.vm.create_vcpu (1));
  check_throws (Kvm.Error.CLOSED, "closed", () => guest.system.create_vm ());
  check_throws (Kvm.Error.CLOSED, "removed", () => guest.slot.remove ());
}

void test_never_opened () throws Error
{
  var vcpu = (Kvm.Vcpu) Object.new (typeof (Kvm.Vcpu));
  assert (vcpu.get_vm () == null && vcpu.get_fd () == -1);
  check_throws (Kvm.Error.CLOSED, "never opened", () => vcpu.run (null));
  var system = (Kvm.System) Object.new (typeof (Kvm.System));
  check_throws (Kvm.Error.CLOSED, "never opened", () => system.create_vm ());
  var memory = (Kvm.Memory) Object.new (typeof (Kvm.Memory));
  check_throws (Kvm.Error.CLOSED, "never made", () => memory.read_bytes (0, 1));
}

void test_memory () throws Error
{
  var guest = new Guest (HALT);
  var memory = new Kvm.Memory.memfd (0x3000);
  assert (memory.size == 0x3000 && memory.get_fd () != -1);
  memory.write (0x1800, "bytes".data);
  memory.fill (0x1801, 1, 'Y');
  check_throws (Kvm.Error.INVALID, "", () => memory.write (0x2fff, "ab".data));
  var stream = File.new_for_path ("/proc/self/fd/%d".printf (memory.get_fd ())).read ();
  stream.seek (0x1800, SeekType.SET);
  var seen = stream.read_bytes (5).get_data ();
  assert (Memory.cmp (seen, "bYtes".data, 5) == 0);

  var slot = guest.vm.add_memory_full (0x10000, memory, 0x1000, 0x2000,
                                       Kvm.MemorySlotFlags.READ_ONLY, 0, null, 0);
  assert (slot.guest_address == 0x10000 && slot.offset == 0x1000 && slot.length == 0x2000);
  assert (slot.number == 1 && slot.flags == Kvm.MemorySlotFlags.READ_ONLY);
  assert (slot.vm == guest.vm && slot.memory == memory && slot.address_space == 0);
  slot.remove ();
  check_throws (Kvm.Error.CLOSED, "", () => slot.remove ());
}

void test_attributes () throws Error
{
  var guest = new Guest (HALT);
  assert (guest.system.has_attribute (0, 0) && !guest.system.has_attribute (12345, 0));
  assert (guest.system.get_attribute (0, 0, 8).length == 8);
  check_throws (Kvm.Error.FAULT, "4 bytes", () => guest.system.get_attribute (0, 0, 4));
  guest.vcpu.set_attribute (0, 0, guest.vcpu.get_attribute (0, 0, 8));
  check_throws (Kvm.Error.NOT_SUPPORTED, "", () => guest.vm.get_attribute (1, 2, 4));
  var device = guest.vm.create_device (Kvm.DeviceType.VFIO);
  assert (device.device_type == Kvm.DeviceType.VFIO && device.vm == guest.vm);
  assert (device.has_attribute (1, 1));
  check_throws (Kvm.Error.NO_SUCH_ATTRIBUTE, "attribute 0xffffffffffffffff",
                () => device.set_attribute (7, uint64.MAX, null));
}

void test_registers_by_id () throws Error
{
  var guest = new Guest (HALT);
  uint64[] ids = {};
  try
    {
      ids = guest.vcpu.get_reg_list ();
    }
  catch (Kvm.Error.NOT_SUPPORTED e) /* old kernels have none on x86 */
    {
    }
  foreach (var id in ids)
    {
      uint64 value;
      guest.vcpu.get_one_reg (id, out value);
      guest.vcpu.set_one_reg (id, value);
      guest.vcpu.set_one_reg_bytes (id, guest.vcpu.get_one_reg_bytes (id));
    }
  check_throws (Kvm.Error.INVALID, "has 4 bytes, and 0x100000000 has more",
                () => guest.vcpu.set_one_reg (0x2020000000000000ULL, 0x100000000ULL));
}

/* What Vala checks that it is caught. */
void fail () throws Kvm.Error
{
  throw new Kvm.Error.PENDING ("the guest waits");
}

void test_catch () throws Error
{
  var system = new Kvm.System ();
  system.close ();
  var caught = 0;
  try
    {
      system.create_vm ();
    }
  catch (Kvm.Error.CLOSED error)
    {
      caught++;
    }
  try
    {
      fail ();
    }
  catch (Kvm.Error error)
    {
      assert (error is Kvm.Error.PENDING && error.code == Kvm.Error.PENDING);
      caught++;
    }
  assert (caught == 2);
}

void test_cpuid () throws Error
{
  var guest = new Guest (HALT);
  var supported = guest.system.x86_get_supported_cpuid ();
  Kvm.X86CpuidEntry[] entries = {};
  foreach (var entry in supported)
    if (entry.function < 0x40000000)
      entries += entry;
  uint n = 0;
  Kvm.X86CpuidEntry last;
  while (supported.get_entry (n, out last))
    n++;
  assert (n == supported.size && n == supported.get_n_entries ());
  assert (entries.length > 4);
  entries += Kvm.X86CpuidEntry () { function = 0x40000000, ebx = 0x81828384U };
  var table = new Kvm.X86Cpuid (entries);
  assert (table.get_n_entries () == entries.length);
  guest.vcpu.x86_set_cpuid (table);
  Kvm.X86CpuidEntry got;
  assert (guest.vcpu.x86_get_cpuid ().find (0x40000000, 0, out got));
  assert (got.ebx == 0x81828384U);
  assert (!table.find (0x12345678, 0, out got));
}

void test_interrupts () throws Error
{
  var vm = new Kvm.System ().create_vm ();
  vm.create_irqchip ();
  vm.x86_create_pit (0);
  var vcpu = vm.create_vcpu (0);

  var routing = new Kvm.IrqRouting ();
  routing.add_irqchip (100, Kvm.X86IrqchipId.PIC_MASTER, 5);
  check_throws (Kvm.Error.EXISTS, "GSI 100 to pin 5",
                () => routing.add_msi (100, 0xfee00000, 0x25, Kvm.MsiFlags.NONE, 0));
  vm.set_irq_routing (routing);
  int status;
  vm.set_irq_line_status (100, true, out status);
  assert (status == 1);

  Kvm.X86PicState pic;
  var chip = vm.x86_get_irqchip (Kvm.X86IrqchipId.PIC_MASTER);
  chip.get_pic (out pic);
  assert (pic.irr == 1 << 5);
  pic.irq_base = 0x40;
  chip.set_pic (pic);
  vm.x86_set_irqchip (chip);
  vm.x86_get_irqchip (Kvm.X86IrqchipId.PIC_MASTER).get_pic (out pic);
  assert (pic.irq_base == 0x40);

  Kvm.X86PitChannel channel;
  var pit = vm.x86_get_pit ();
  pit.get_channel (2, out channel);
  channel.count = 0x1234;
  pit.set_channel (2, channel);
  vm.x86_set_pit (pit);
  vm.x86_get_pit ().get_channel (2, out channel);
  assert (channel.count == 0x1234);

  uint32 priority;
  var lapic = vcpu.x86_get_lapic ();
  lapic.set_register (0x80, 0x20);
  vcpu.x86_set_lapic (lapic);
  vcpu.x86_get_lapic ().get_register (0x80, out priority);
  assert (priority == 0x20);
  assert (new Kvm.X86Lapic.from_bytes (lapic.to_bytes ()).equal (lapic));
}

void test_msrs () throws Error
{
  var guest = new Guest (HALT);
  var supported = guest.system.x86_get_supported_cpuid ();
  assert (supported.filter ((entry) => entry.function < 2).get_n_entries () == 2);
  Kvm.X86CpuidEntry leaf;
  assert (supported.find (0x80000002U, 0, out leaf));
  leaf.ebx = 0x81828384U;
  assert (supported.with_entry (leaf).find (0x80000002U, 0, out leaf) && leaf.ebx == 0x81828384U);

  var msrs = new Kvm.X86Msrs ();
  msrs.set (0xc0000102u, 0xffffffff81234567ULL);
  guest.vcpu.x86_set_msrs (msrs);
  assert (guest.vcpu.x86_get_msrs ({ 0xc0000102u }).equal (msrs));
  uint64 value;
  guest.vcpu.x86_get_msr (0xc0000102u, out value);
  assert (value == 0xffffffff81234567ULL);
  assert (0xc0000081U in guest.system.x86_get_msr_index_list ());
  check_throws (Kvm.Error.PARTIAL, "entry 1 of 1", () => guest.vcpu.x86_get_msrs ({ 0xdeadbeefU }));

  var filter = new Kvm.X86MsrFilter (Kvm.X86MsrFilterFlags.NONE);
  filter.add_bitmap (Kvm.X86MsrAccesses.READ, 0, 9, { 0xfe, 1 });
  guest.vm.x86_set_msr_filter (filter);
  guest.vm.x86_set_msr_exits (Kvm.X86MsrExitReasons.FILTERED);
  guest.memory.write (ENTRY, { 0x0f, 0x32 }); /* rdmsr */
  guest.run (Kvm.ExitReason.X86_RDMSR);
}

void test_statistics () throws Error
{
  var guest = new Guest (HALT);
  var stats = guest.vcpu.get_stats ();
  unowned Kvm.Stat halts = stats.find ("halt_exits");
  uint64 notified = 0;
  halts.notify["value"].connect (() => { notified = halts.value; });
  guest.run (Kvm.ExitReason.HLT);
  stats.update ();
  assert (notified == 1);
  assert (halts.get_values ().length == 1 && halts.get_values ()[0] == 1);
  assert (halts.kind == Kvm.StatKind.CUMULATIVE && halts.unit == Kvm.StatUnit.NONE);
  assert (stats.find ("no_such_thing") == null);
  assert (((ListModel) guest.vm.get_stats ()).get_item (0) is Kvm.Stat);
}

void test_guest_debug () throws Error
{
  var guest = new Guest (STEPS);
  var flags = Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.HARDWARE_BREAKPOINTS;
  check_throws (Kvm.Error.INVALID, "not 7",
                () => guest.vcpu.set_guest_debug (flags, { 0, 0, 0, 0, 0, 0, 0 }));
  guest.vcpu.set_guest_debug (flags, { ENTRY + 2, 0, 0, 0, 0, 0, 0, 0x401 });
  guest.run (Kvm.ExitReason.DEBUG);
  assert (guest.exit.x86_get_debug_pc () == ENTRY + 2);
  guest.vcpu.set_guest_debug (Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.SINGLE_STEP, null);
  guest.run (Kvm.ExitReason.DEBUG);
  assert (guest.exit.x86_get_debug_pc () == ENTRY + 3);
}

void test_kick () throws Error
{
  var guest = new Guest (SPIN);
  guest.vcpu.kick ();
  guest.run (Kvm.ExitReason.INTERRUPTED);
  assert (guest.exit.get_interruption () == Kvm.Interruption.KICK);
  for (int i = 0; i < 50; i++)
    {
      var kicker = new Thread<void> ("kicker", () => {
        wait_until_running (guest.vcpu);
        guest.vcpu.kick ();
      });
      guest.run (Kvm.ExitReason.INTERRUPTED);
      assert (guest.exit.get_interruption () == Kvm.Interruption.KICK);
      kicker.join ();
    }
}

void test_cancellable () throws Error
{
  var guest = new Guest (SPIN);
  var cancellable = new Cancellable ();
  var canceller = new Thread<void> ("canceller", () => {
    wait_until_running (guest.vcpu);
    cancellable.cancel ();
  });
  assert (guest.vcpu.run (cancellable) == Kvm.ExitReason.INTERRUPTED);
  assert (guest.exit.get_interruption () == Kvm.Interruption.CANCELLED);
  canceller.join ();
  assert (guest.vcpu.run (cancellable) == Kvm.ExitReason.INTERRUPTED);
}

/* Iterates the main loop until an async test is over. */
delegate void Begin (owned AsyncReadyCallback callback);

AsyncResult wait_for (Begin begin)
{
  AsyncResult? result = null;
  begin ((source, r) => { result = r; });
  while (result == null)
    MainContext.default ().iteration (true);
  return result;
}

async void run_in_the_background () throws Error
{
  var guest = new Guest (ECHO);
  assert ((yield guest.vcpu.run_async (null)) == Kvm.ExitReason.IO);
  guest.exit.set_value (0xbeef);
  assert ((yield guest.vcpu.run_async (null)) == Kvm.ExitReason.IO);
  assert (guest.exit.get_value () == 0xbeef);
  assert ((yield guest.vcpu.run_async (null)) == Kvm.ExitReason.HLT);

  guest = new Guest (SPIN);
  var cancellable = new Cancellable ();
  Idle.add (() => { cancellable.cancel (); return Source.REMOVE; });
  try
    {
      yield guest.vcpu.run_async (cancellable);
      assert_not_reached ();
    }
  catch (IOError.CANCELLED e)
    {
    }
}

void test_background () throws Error
{
  run_in_the_background.end (wait_for ((callback) => run_in_the_background.begin (callback)));
}

async void run_machine () throws Error
{
  var guest = new Guest (ECHO);
  var runner = new Kvm.Runner (guest.vm);
  runner.add_vcpu (guest.vcpu);
  uint n_states = 0, n_exits = 0;
  runner.notify["state"].connect (() => n_states++);
  runner.exit.connect ((token) => {
    if (token.get_exit ().get_reason () != Kvm.ExitReason.IO)
      return false;
    n_exits++;
    if (!token.get_exit ().is_write ())
      token.get_exit ().set_value (0x1234);
    else
      assert (token.get_exit ().get_value () == 0x1234);
    Idle.add (() => {
      try
        {
          token.complete ();
        }
      catch (Error e)
        {
          error ("%s", e.message);
        }
      return Source.REMOVE;
    });
    return true;
  });
  var exit = yield runner.run_async (null);
  assert (exit.get_reason () == Kvm.ExitReason.HLT);
  assert (runner.get_ended_vcpu () == guest.vcpu);
  assert (n_exits == 2 && n_states == 2 && runner.state == Kvm.RunnerState.STOPPED);

  var second = new Guest (SPIN);
  runner = new Kvm.Runner (second.vm);
  runner.add_vcpu (second.vcpu);
  runner.notify["state"].connect (() => {
    if (runner.state == Kvm.RunnerState.PAUSED)
      runner.stop ();
    else
      runner.pause ();
  });
  exit = yield runner.run_async (null);
  assert (exit == null);
}

void test_runner () throws Error
{
  run_machine.end (wait_for ((callback) => run_machine.begin (callback)));
}

void test_close_while_it_runs () throws Error
{
  var guest = new Guest (SPIN);
  var closer = new Thread<void> ("closer", () => {
    wait_until_running (guest.vcpu);
    guest.vcpu.close ();
  });
  check_throws (Kvm.Error.CLOSED, "", () => guest.vcpu.run (null));
  closer.join ();
}

void test_children_keep_parents () throws Error
{
  var guest = new Guest (HELLO);
  var vcpu = guest.vcpu;
  guest = null;
  assert (vcpu.run (null) == Kvm.ExitReason.IO);
  assert (vcpu.vm.system.get_api_version () == 12);
  var exit = vcpu.exit;
  vcpu = null;
  assert (exit.get_value () == '0');
}

void test_what_a_pc_needs () throws Error
{
  var vm = new Kvm.System ().create_vm ();
  vm.x86_set_tss_address (0xfffbd000);
  vm.create_irqchip ();
  vm.x86_create_pit (0);
  var vcpu = vm.create_vcpu (3);
  assert (vcpu.id == 3);
  vcpu.set_mp_state (Kvm.VcpuState.HALTED);
  Kvm.VcpuState state;
  vcpu.get_mp_state (out state);
  assert (state == Kvm.VcpuState.HALTED);
  vm.enable_capability (Kvm.Capability.HALT_POLL, { 0 });
}

/* A test, with what it throws as a failure. */
class Echo : Object, Kvm.IoDevice
{
  public string log = "";

  public uint64 read (uint64 offset, uint size)
  {
    log += "r%d/%d ".printf ((int) offset, (int) size);
    return 0x1122334455667788ULL;
  }

  public bool write (uint64 offset, uint size, uint64 value)
  {
    log += "w%d/%d=%x ".printf ((int) offset, (int) size, (uint) value);
    return value == '!';
  }
}

void test_bus () throws Error
{
  /* in $0x10,%al; out %al,$0x11; mov $'!',%al; out %al,$0x11; hlt */
  uint8[] code = { 0xe4, 0x10, 0xe6, 0x11, 0xb0, '!', 0xe6, 0x11, 0xf4 };
  var guest = new Guest (code);
  var device = new Echo ();
  unowned Kvm.IoBus bus = guest.vm.get_io_bus ();

  bus.add_device (Kvm.IoSpace.PORT, 0x10, 2, device, Kvm.IoDeviceFlags.NONE);
  guest.run (Kvm.ExitReason.IO);
  assert (device.log == "r0/1 w1/1=88 w1/1=21 ");
  assert (guest.vm.io_bus == bus && bus.find_device (Kvm.IoSpace.PORT, 0x11) == device);
  guest.run (Kvm.ExitReason.HLT);
  try
    {
      bus.add_device (Kvm.IoSpace.PORT, 0x11, 1, device, Kvm.IoDeviceFlags.NONE);
      assert_not_reached ();
    }
  catch (Kvm.Error.OVERLAP e)
    {
    }
  assert (bus.remove_device (device));
}

void add (string name, owned Call test)
{
  /* What the host is not meant for, as an emulated one says. */
  string without = Environment.get_variable ("KVMOBJ_TEST_WITHOUT") ?? "";
  if (("/bindings-vala/" + name) in without.split (" "))
    return;

  Test.add_data_func ("/bindings/" + name, () => {
    try
      {
        test ();
      }
    catch (Error e)
      {
        error ("%s", e.message);
      }
  });
}

int main (string[] args)
{
  Posix.alarm (300); /* a guest can hang */
  Test.init (ref args);
  add ("hello", test_hello);
  add ("answers", test_answers);
  add ("string", test_string);
  add ("copy", test_copy);
  add ("registers", test_registers);
  add ("errors", test_errors);
  add ("never-opened", test_never_opened);
  add ("memory", test_memory);
  add ("attributes", test_attributes);
  add ("registers-by-id", test_registers_by_id);
  add ("catch", test_catch);
  add ("cpuid", test_cpuid);
  add ("interrupts", test_interrupts);
  add ("msrs", test_msrs);
  add ("statistics", test_statistics);
  add ("guest-debug", test_guest_debug);
  add ("kick", test_kick);
  add ("cancellable", test_cancellable);
  add ("background", test_background);
  add ("runner", test_runner);
  add ("close-while-it-runs", test_close_while_it_runs);
  add ("bus", test_bus);
  add ("children-keep-parents", test_children_keep_parents);
  add ("what-a-pc-needs", test_what_a_pc_needs);
  return Test.run ();
}

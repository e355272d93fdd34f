/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest rings a bell three times, and a main loop hears it without any exit of the guest's: the
 * kernel writes to an eventfd, and the guest goes on at once. */

const uint64 START = 0x1000;
const uint64 MESSAGE = 0x800; /* where the guest says what it rings for */

/* mov $3,%cx; mov %cx,0x800; out %al,$0x10 (it rings); cmpw $0,0x800 and jne to it (until the message
 * was taken); loop to the mov; hlt */
const uint8[] CODE = {
  0xb9, 3, 0, 0x89, 0x0e, 0, 0x08, 0xe6, 0x10, 0x83, 0x3e, 0, 0x08, 0, 0x75, 0xf9, 0xe2, 0xf1, 0xf4
};

async void run_guest () throws GLib.Error
{
  var vm = new Kvm.System ().create_vm ();
  var memory = new Kvm.Memory (0x10000);
  vm.add_memory (0, memory, Kvm.MemorySlotFlags.NONE);
  memory.write (START, CODE);
  var vcpu = vm.create_vcpu (0);
  vcpu.x86_setup_real_mode (START);

  var doorbell = vm.add_doorbell (Kvm.IoSpace.PORT, 0x10, 1);
  var source = doorbell.create_source ();
  source.set_callback (() => {
    /* In the main loop's thread, while the guest runs in another. */
    try
      {
        uint16 message;
        memory.read_u16_le (MESSAGE, out message);
        stdout.printf ("Ding, %u\n", message);
        memory.write_u16_le (MESSAGE, 0);
      }
    catch (GLib.Error error)
      {
        stderr.printf ("%s\n", error.message);
      }
    return Source.CONTINUE;
  });
  source.attach (null);

  var runner = new Kvm.Runner (vm);
  runner.add_vcpu (vcpu);
  yield runner.run_async (null);
}

int main (string[] arguments)
{
  var loop = new MainLoop ();
  var status = 1;

  if (arguments.length > 1)
    {
      stderr.printf ("Usage: doorbell-vala\n");
      return 1;
    }
  run_guest.begin ((_, result) => {
    try
      {
        run_guest.end (result);
        status = 0;
      }
    catch (GLib.Error error)
      {
        stderr.printf ("%s\n", error.message);
      }
    loop.quit ();
  });
  loop.run ();
  return status;
}

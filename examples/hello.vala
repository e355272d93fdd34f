/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest adds two numbers, prints the sum through a port, and halts. */

/* mov $0x3f8,%dx; add %bl,%al; add $'0',%al; out %al,(%dx); mov $'\n',%al; out %al,(%dx); hlt */
const uint8[] CODE = { 0xba, 0xf8, 0x03, 0x00, 0xd8, 0x04, 0x30, 0xee, 0xb0, 0x0a, 0xee, 0xf4 };

int main (string[] arguments)
{
  try
    {
      if (arguments.length > 1)
        throw new OptionError.BAD_VALUE ("Usage: hello-vala");
      var vm = new Kvm.System ().create_vm ();
      var memory = new Kvm.Memory (0x1000);
      vm.add_memory (0x1000, memory, Kvm.MemorySlotFlags.NONE);
      memory.write (0, CODE);

      var vcpu = vm.create_vcpu (0);
      vcpu.x86_setup_real_mode (0x1000);
      var regs = Kvm.X86Regs () { rip = 0x1000, rflags = 2, rax = 2, rbx = 2 };
      vcpu.x86_set_regs (regs);
      while (vcpu.run (null) == Kvm.ExitReason.IO)
        stdout.printf ("%c", (char) vcpu.get_exit ().get_value ());
      if (vcpu.get_exit ().get_reason () == Kvm.ExitReason.HLT)
        return 0;
      stderr.printf ("The guest stopped: %s\n", vcpu.get_exit ().to_string ());
    }
  catch (GLib.Error error)
    {
      stderr.printf ("%s\n", error.message);
    }
  return 1;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest adds two numbers, prints the sum through a port, and halts. */

#include <kvmobj/kvmobj.h>

/* In 16-bit real mode: mov $0x3f8, %dx; add %bl, %al; add $'0', %al; out %al, (%dx);
 * mov $'\n', %al; out %al, (%dx); hlt */
static const guint8 code[]
    = { 0xba, 0xf8, 0x03, 0x00, 0xd8, 0x04, '0', 0xee, 0xb0, '\n', 0xee, 0xf4 };

int
main (int argc, char **argv)
{
  KvmX86Regs regs = { .rip = 0x1000, .rflags = 2, .rax = 2, .rbx = 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = argc == 1 ? kvm_system_new (&error) : NULL;
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, &error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x1000, &error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0x1000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, &error) : NULL;

  if (vcpu && kvm_memory_write (memory, 0, code, sizeof code, &error)
      && kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, &error)
      && kvm_vcpu_x86_set_regs (vcpu, &regs, &error))
    while (kvm_vcpu_run (vcpu, NULL, &error) == KVM_EXIT_REASON_IO)
      g_print ("%c", (char) kvm_exit_get_value (kvm_vcpu_get_exit (vcpu)));

  if (vcpu && !error && kvm_exit_get_reason (kvm_vcpu_get_exit (vcpu)) == KVM_EXIT_REASON_HLT)
    return 0;
  g_printerr ("%s\n", error ? error->message : vcpu ? "The guest did not halt" : "Usage: hello");
  return 1;
}

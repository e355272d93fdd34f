/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest adds two numbers, prints the sum through a port, and halts. */

#include <kvmobj/kvmobj.h>

/* What the guest runs, in 16-bit real mode. */
static const guint8 code[] = {
  0xba, 0xf8, 0x03, /* mov $0x3f8, %dx    the port of a serial line */
  0x00, 0xd8,       /* add %bl, %al       2 + 2, from the registers below */
  0x04, '0',        /* add $'0', %al      as a digit */
  0xee,             /* out %al, (%dx) */
  0xb0, '\n',       /* mov $'\n', %al */
  0xee,             /* out %al, (%dx) */
  0xf4,             /* hlt */
};

static gboolean
run_guest (GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x1000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0x1000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  KvmX86Regs regs;
  KvmExit *exit;

  if (vcpu == NULL || !kvm_memory_write (memory, 0, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, error)
      || !kvm_vcpu_x86_get_regs (vcpu, &regs, error))
    return FALSE;
  regs.rax = 2;
  regs.rbx = 2;
  if (!kvm_vcpu_x86_set_regs (vcpu, &regs, error))
    return FALSE;

  exit = kvm_vcpu_get_exit (vcpu);
  for (;;)
    switch (kvm_vcpu_run (vcpu, NULL, error))
      {
      case KVM_EXIT_REASON_IO:
        g_print ("%c", (char) kvm_exit_get_value (exit));
        break;
      case KVM_EXIT_REASON_HLT:
        return TRUE;
      case KVM_EXIT_REASON_ERROR:
        return FALSE;
      default:
        {
          g_autofree char *why = kvm_exit_to_string (exit);

          g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The guest stopped: %s", why);
          return FALSE;
        }
      }
}

int
main (void)
{
  g_autoptr (GError) error = NULL;

  if (run_guest (&error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

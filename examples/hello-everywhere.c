/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The same as hello.c, with a guest of each architecture. */

#include <kvmobj/kvmobj.h>

#if defined(__x86_64__)

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
set_up (KvmVcpu *vcpu, GError **error)
{
  KvmX86Regs regs;

  if (!kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, error)
      || !kvm_vcpu_x86_get_regs (vcpu, &regs, error))
    return FALSE;
  regs.rax = 2;
  regs.rbx = 2;
  return kvm_vcpu_x86_set_regs (vcpu, &regs, error);
}

#elif defined(__aarch64__)

static const guint32 code[] = {
  0x0b010000, /* add w0, w0, w1 */
  0x1100c000, /* add w0, w0, #'0' */
  0xd2a20002, /* mov x2, #0x10000000      where there is no memory */
  0x39000040, /* strb w0, [x2] */
  0x52800140, /* mov w0, #'\n' */
  0x39000040, /* strb w0, [x2] */
  0x52800100, /* mov w0, #8               PSCI's SYSTEM_OFF */
  0x72b08000, /* movk w0, #0x8400, lsl #16 */
  0xd4000002, /* hvc #0 */
};

static gboolean
set_up (KvmVcpu *vcpu, GError **error)
{
  return kvm_vcpu_arm64_setup (vcpu, KVM_ARM64_VCPU_FEATURES_PSCI_0_2, 0x1000, 0, 2, error)
         && kvm_vcpu_set_one_reg (vcpu, kvm_arm64_reg_x (1), 2, error);
}

#elif defined(__riscv)

static const guint32 code[] = {
  0x00b50533, /* add a0, a0, a1 */
  0x03050513, /* addi a0, a0, '0' */
  0x10000637, /* lui a2, 0x10000          where there is no memory */
  0x00a60023, /* sb a0, 0(a2) */
  0x00a00513, /* li a0, '\n' */
  0x00a60023, /* sb a0, 0(a2) */
  0x535258b7, /* lui a7, 0x53525          SBI's system reset … */
  0x35488893, /* addi a7, a7, 0x354 */
  0x00000813, /* li a6, 0 */
  0x00000513, /* li a0, 0                 … to shut down */
  0x00000593, /* li a1, 0 */
  0x00000073, /* ecall */
};

static gboolean
set_up (KvmVcpu *vcpu, GError **error)
{
  return kvm_vcpu_set_one_reg (vcpu, KVMOBJ_RISCV_REG_PC, 0x1000, error)
         && kvm_vcpu_set_one_reg (vcpu, kvm_riscv_reg_x (10), 2, error)
         && kvm_vcpu_set_one_reg (vcpu, kvm_riscv_reg_x (11), 2, error);
}

#endif

static gboolean
run_guest (GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x1000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0x1000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  KvmExit *exit;

  if (vcpu == NULL || !kvm_memory_write (memory, 0, (const guint8 *) code, sizeof code, error)
      || !set_up (vcpu, error))
    return FALSE;

  exit = kvm_vcpu_get_exit (vcpu);
  for (;;)
    switch (kvm_vcpu_run (vcpu, NULL, error))
      {
      case KVM_EXIT_REASON_IO:
      case KVM_EXIT_REASON_MMIO:
        g_print ("%c", (char) kvm_exit_get_value (exit));
        break;
      case KVM_EXIT_REASON_HLT:
      case KVM_EXIT_REASON_SYSTEM_EVENT:
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
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 1 && run_guest (&error))
    return 0;
  g_printerr ("%s\n", error ? error->message : "Usage: hello-everywhere");
  return 1;
}

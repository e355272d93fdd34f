/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a guest of tests/guests starts on each architecture. */

#include "kvm-test.h"

#include <string.h>

KvmDevice *
kvm_test_device_new (KvmVm *vm)
{
#ifdef __riscv
  return NULL;
#else
  g_autoptr (GError) error = NULL;
  KvmDevice *device = kvm_vm_create_device (vm, KVM_DEVICE_TYPE_VFIO, &error);

  g_assert_no_error (error);
  return device;
#endif
}

#if defined(__x86_64__)

void
kvm_test_setup_vcpu (KvmVcpu *vcpu, guint64 entry, guint64 argument)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_x86_setup_real_mode (vcpu, entry, &error);
  g_assert_no_error (error);
  kvm_test_set_argument (vcpu, argument);
}

void
kvm_test_set_argument (KvmVcpu *vcpu, guint64 argument)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
  g_assert_no_error (error);
  regs.rbx = argument;
  kvm_vcpu_x86_set_regs (vcpu, &regs, &error);
  g_assert_no_error (error);
}

guint64
kvm_test_get_argument (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
  g_assert_no_error (error);
  return regs.rbx;
}

guint64
kvm_test_get_answer (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
  g_assert_no_error (error);
  return regs.rax;
}

gboolean
kvm_test_get_pc (KvmVcpu *vcpu, guint64 *pc, GError **error)
{
  KvmX86Regs regs;

  if (!kvm_vcpu_x86_get_regs (vcpu, &regs, error))
    return FALSE;
  *pc = regs.rip;
  return TRUE;
}

gboolean
kvm_test_set_pc (KvmVcpu *vcpu, guint64 pc, GError **error)
{
  KvmX86Regs regs;

  if (!kvm_vcpu_x86_get_regs (vcpu, &regs, error))
    return FALSE;
  regs.rip = pc;
  return kvm_vcpu_x86_set_regs (vcpu, &regs, error);
}

#else

#if defined(__aarch64__)

#define REGISTER_PC KVMOBJ_ARM64_REG_PC
#define REGISTER_ARGUMENT KVMOBJ_ARM64_REG_X0

static void
initialize (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_arm64_setup (vcpu, KVM_ARM64_VCPU_FEATURES_PSCI_0_2, 0, 0, 0, &error);
  g_assert_no_error (error);
}

#elif defined(__riscv)

/* Of the core registers: pc, and a0. */
#define REGISTER_PC G_GUINT64_CONSTANT (0x8030000002000000)
#define REGISTER_ARGUMENT G_GUINT64_CONSTANT (0x803000000200000a)

/* All but the first wait for a call to the firmware. */
static void
initialize (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_set_mp_state (vcpu, KVM_VCPU_STATE_RUNNABLE, &error);
  g_assert_no_error (error);
}

#endif

void
kvm_test_setup_vcpu (KvmVcpu *vcpu, guint64 entry, guint64 argument)
{
  g_autoptr (GError) error = NULL;

  /* An access that is pending would move the new counter on. */
  kvm_vcpu_complete_pending (vcpu, NULL);
  initialize (vcpu);
  kvm_vcpu_set_one_reg (vcpu, REGISTER_PC, entry, &error);
  g_assert_no_error (error);
  kvm_test_set_argument (vcpu, argument);
}

void
kvm_test_set_argument (KvmVcpu *vcpu, guint64 argument)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_set_one_reg (vcpu, REGISTER_ARGUMENT, argument, &error);
  g_assert_no_error (error);
}

guint64
kvm_test_get_argument (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  guint64 value;

  kvm_vcpu_get_one_reg (vcpu, REGISTER_ARGUMENT, &value, &error);
  g_assert_no_error (error);
  return value;
}

guint64
kvm_test_get_answer (KvmVcpu *vcpu)
{
  return kvm_test_get_argument (vcpu);
}

gboolean
kvm_test_get_pc (KvmVcpu *vcpu, guint64 *pc, GError **error)
{
  return kvm_vcpu_get_one_reg (vcpu, REGISTER_PC, pc, error);
}

gboolean
kvm_test_set_pc (KvmVcpu *vcpu, guint64 pc, GError **error)
{
  return kvm_vcpu_set_one_reg (vcpu, REGISTER_PC, pc, error);
}

#endif

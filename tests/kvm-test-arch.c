/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a guest of tests/guests starts on each architecture. */

#include "kvm-test.h"

#include <string.h>
#include <sys/ioctl.h>

#include <linux/kvm.h>

#if defined(__x86_64__)

void
kvm_test_setup_vcpu (KvmVcpu *vcpu, guint64 entry, guint64 argument)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_vcpu_x86_setup_real_mode (vcpu, entry, &error);
  g_assert_no_error (error);
  kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
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

#else

#if defined(__aarch64__)

/* Of kvm_regs: pc, and x0. */
#define REGISTER_PC G_GUINT64_CONSTANT (0x6030000000100040)
#define REGISTER_ARGUMENT G_GUINT64_CONSTANT (0x6030000000100000)

static void
initialize (KvmVcpu *vcpu)
{
  struct kvm_vcpu_init init;

  g_assert_cmpint (ioctl (kvm_vm_get_fd (kvm_vcpu_get_vm (vcpu)), KVM_ARM_PREFERRED_TARGET, &init),
                   ==, 0);
  init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
  g_assert_cmpint (ioctl (kvm_vcpu_get_fd (vcpu), KVM_ARM_VCPU_INIT, &init), ==, 0);
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

  initialize (vcpu);
  kvm_vcpu_set_one_reg (vcpu, REGISTER_PC, entry, &error);
  g_assert_no_error (error);
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

#endif

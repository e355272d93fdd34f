/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of arm64 share. */

#include "kvm-test.h"

G_BEGIN_DECLS

#define ARM64_DISTRIBUTOR 0x08000000
#define ARM64_CPU_INTERFACE 0x08010000
#define ARM64_REDISTRIBUTORS 0x080a0000
#define ARM64_ITS 0x08080000

/* A virtual machine with 64 KiB of memory at 0 and a vCPU that is not initialized.
 */
typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmMemory *memory;
  KvmVcpu *vcpu;
  KvmExit *exit; /* the vCPU's */
  KvmDevice *gic;
} Arm64Machine;

Arm64Machine *arm64_machine_new (const guint8 *code, const guint8 *end);
void arm64_machine_free (Arm64Machine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Arm64Machine, arm64_machine_free)

#define ARM64_MACHINE(name) arm64_machine_new (guest_arm64_##name, guest_arm64_##name##_end)

/* Makes the vCPU ready to run the code, with this in X0. */
void arm64_machine_setup (Arm64Machine *self, KvmArm64VcpuFeatures features, guint64 argument);

/* Gives it a GICv3, when the vCPU is set up. */
void arm64_machine_add_gicv3 (Arm64Machine *self);

gboolean arm64_machine_has (Arm64Machine *self, KvmCapability capability);

/* The guest runs on and writes this to a port. */
guint64 arm64_machine_run_to (Arm64Machine *self, guint port);
#define arm64_machine_expect(self, port, expected)                                                 \
  g_assert_cmphex (arm64_machine_run_to ((self), (port)), ==, (expected))

guint64 arm64_get_reg (KvmVcpu *vcpu, guint64 id);
void arm64_set_reg (KvmVcpu *vcpu, guint64 id, guint64 value);

KVM_TEST_DECLARE_GUEST (arm64_change);
KVM_TEST_DECLARE_GUEST (arm64_steps);
KVM_TEST_DECLARE_GUEST (arm64_cpu_on);
KVM_TEST_DECLARE_GUEST (arm64_tell);
KVM_TEST_DECLARE_GUEST (arm64_call);
KVM_TEST_DECLARE_GUEST (arm64_stolen_time);
KVM_TEST_DECLARE_GUEST (arm64_undecoded);
KVM_TEST_DECLARE_GUEST (arm64_serror);
KVM_TEST_DECLARE_GUEST (arm64_counters);
KVM_TEST_DECLARE_GUEST (arm64_user_irq);
KVM_TEST_DECLARE_GUEST (arm64_gicv3);
KVM_TEST_DECLARE_GUEST (arm64_gicv2);
KVM_TEST_DECLARE_GUEST (arm64_its);
KVM_TEST_DECLARE_GUEST (arm64_pmu);
KVM_TEST_DECLARE_GUEST (arm64_sve);
KVM_TEST_DECLARE_GUEST (arm64_tags);

G_END_DECLS

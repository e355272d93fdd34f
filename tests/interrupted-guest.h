/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A guest that takes interrupts, and says which; "vectors" of tests/guests. */

#include "kvm-test.h"

#include <string.h>

G_BEGIN_DECLS

KVM_TEST_DECLARE_GUEST (vectors);
KVM_TEST_DECLARE_GUEST (priority);

/* What it is told at 0x2000; see there. */
#define SET_PICS_UP 1
#define START_TIMER 2
#define BEGIN_OFF 4
#define END_AT_PIC 8
#define END_AT_LAPIC 16

#define IDLE 0
#define MSI_ADDRESS 0xfee00000
#define SVR 0xf0
#define TPR 0x80

/* With the master PIC's mask, and the timer's count. */
static inline void
configure (KvmTestGuest *guest, guint flags, guint mask, guint count)
{
  const guint8 bytes[6] = { flags, 0, mask, 0, count & 0xff, count >> 8 };
  g_autoptr (GError) error = NULL;

  kvm_memory_write (guest->memory, 0x2000, bytes, sizeof bytes, &error);
  g_assert_no_error (error);
  if (flags & END_AT_LAPIC)
    {
      KvmX86Sregs sregs;

      kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
      sregs.fs.base = MSI_ADDRESS;
      kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error);
      g_assert_no_error (error);
    }
}

static inline KvmTestGuest *
guest_new (guint flags, guint mask)
{
  KvmTestGuest *self = kvm_test_guest_new_with_irqchip (guest_vectors, guest_vectors_end);

  configure (self, flags, mask, 0);
  return self;
}

/* What the guest says next. */
static inline guint64
run (KvmTestGuest *guest)
{
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x61);
  return kvm_exit_get_value (guest->exit);
}

static inline void
assert_idle (KvmTestGuest *guest)
{
  for (guint i = 0; i < 5; i++)
    g_assert_cmphex (run (guest), ==, IDLE);
}

/* The guest takes this interrupt next, once, and no other. */
static inline void
assert_takes (KvmTestGuest *guest, guint vector)
{
  guint64 said;

  while ((said = run (guest)) == IDLE)
    ;
  g_assert_cmphex (said, ==, vector);
  assert_idle (guest);
}

static inline void
pulse (KvmTestGuest *guest, guint irq)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_set_irq_line (guest->vm, irq, TRUE, &error));
  g_assert_true (kvm_vm_set_irq_line (guest->vm, irq, FALSE, &error));
  g_assert_no_error (error);
}

static inline int
set_line (KvmTestGuest *guest, guint irq, gboolean level)
{
  g_autoptr (GError) error = NULL;
  int status = 99;

  g_assert_true (kvm_vm_set_irq_line_status (guest->vm, irq, level, &status, &error));
  g_assert_no_error (error);
  return status;
}

static inline guint
send_msi (KvmTestGuest *guest, guint64 address, guint32 data)
{
  g_autoptr (GError) error = NULL;
  guint n = 99;

  g_assert_true (kvm_vm_signal_msi (guest->vm, address, data, KVM_MSI_FLAGS_NONE, 0, &n, &error));
  g_assert_no_error (error);
  return n;
}

static inline guint32
get_lapic (KvmTestGuest *guest, guint offset)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Lapic) lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  guint32 value;

  g_assert_no_error (error);
  g_assert_true (kvm_x86_lapic_get_register (lapic, offset, &value, &error));
  return value;
}

static inline void
set_lapic (KvmTestGuest *guest, guint offset, guint32 value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Lapic) lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);

  g_assert_no_error (error);
  g_assert_true (kvm_x86_lapic_set_register (lapic, offset, value, &error));
  g_assert_true (kvm_vcpu_x86_set_lapic (guest->vcpu, lapic, &error));
  g_assert_no_error (error);
}

G_END_DECLS

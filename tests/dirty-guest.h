/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A guest that writes to the pages it is told to, in memory that is logged in one way or another.
 */

#include "kvm-test.h"

#include <string.h>

#define PLACE 0x40000
#define N_PAGES 64
#define PAGE 0x1000

typedef enum
{
  PLAIN,      /* a bitmap, cleared when it is read */
  MANUAL,     /* a bitmap, cleared apart */
  MANUAL_SET, /* the same, full at first */
  RING,       /* a ring per vCPU */
  N_MECHANISMS
} Mechanism;

#define RING_ENTRIES 1024

static inline gboolean
has_mechanism (KvmVm *vm, Mechanism mechanism)
{
  int manual = kvm_vm_check_extension (vm, KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2, NULL);

  switch (mechanism)
    {
    case MANUAL:
      return (manual & 1) != 0;
    case MANUAL_SET:
      return (manual & 2) != 0;
    case RING:
      return kvm_vm_check_extension (vm, KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL, NULL) > 0
             || kvm_vm_check_extension (vm, KVM_CAPABILITY_DIRTY_LOG_RING, NULL) > 0;
    default:
      return TRUE;
    }
}

typedef struct
{
  KvmTestGuest *guest;
  KvmMemory *memory; /* at PLACE, N_PAGES of it */
  KvmMemorySlot *slot;
} DirtyGuest;

static inline void
dirty_guest_free (DirtyGuest *self)
{
  kvm_test_guest_free (self->guest);
  g_clear_object (&self->slot);
  g_clear_object (&self->memory);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DirtyGuest, dirty_guest_free)

/* NULL if the host does not have the mechanism, which /dirty-log/has-… says. */
static inline DirtyGuest *
dirty_guest_new (Mechanism mechanism, guint n_entries, const guint8 *code, gsize length)
{
  g_autoptr (DirtyGuest) self = g_new0 (DirtyGuest, 1);
  g_autoptr (GError) error = NULL;
  KvmTestGuest *guest = g_new0 (KvmTestGuest, 1);

  self->guest = guest;
  guest->system = kvm_system_new (&error);
  guest->vm = kvm_system_create_vm (guest->system, &error);
  g_assert_no_error (error);
  if (!has_mechanism (guest->vm, mechanism))
    return NULL;
  if (mechanism == RING)
    kvm_vm_enable_dirty_ring (guest->vm, n_entries, &error);
  else if (mechanism != PLAIN)
    kvm_vm_enable_manual_dirty_log (guest->vm, mechanism == MANUAL_SET, &error);
  g_assert_no_error (error);

  guest->memory = kvm_memory_new (0x8000, &error);
  guest->slot = kvm_vm_add_memory (guest->vm, 0, guest->memory, 0, &error);
  kvm_memory_write (guest->memory, KVM_TEST_ENTRY, code, length, &error);
  guest->vcpu = kvm_vm_create_vcpu (guest->vm, 0, &error);
  g_assert_no_error (error);
  guest->exit = kvm_vcpu_get_exit (guest->vcpu);
  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, PLACE >> 4);
  self->memory = kvm_memory_new (N_PAGES * PAGE, &error);
  self->slot = kvm_vm_add_memory (guest->vm, PLACE, self->memory,
                                  KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&self);
}

#define DIRTY_GUEST(mechanism, name)                                                               \
  dirty_guest_new ((mechanism), RING_ENTRIES, guest_##name, guest_##name##_end - guest_##name)

/* The guest "touch" is to write to these pages next, by their numbers from PLACE on. */
static inline void
dirty_guest_tell (DirtyGuest *self, const guint *pages, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_true (kvm_memory_write_u32_le (self->guest->memory, 0x2000 + 4 * i,
                                            (PLACE + pages[i] * PAGE) >> 4, NULL));
  g_assert_true (kvm_memory_write_u32_le (self->guest->memory, 0x2000 + 4 * n, 0, NULL));
}

static inline void
dirty_guest_touch (DirtyGuest *self, const guint *pages, guint n)
{
  dirty_guest_tell (self, pages, n);
  kvm_test_run_to_halt (self->guest);
}

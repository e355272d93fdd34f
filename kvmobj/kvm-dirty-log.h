/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmDirtyRange:
 * @guest_address: where it begins, guest-physical
 * @length: its length in bytes
 * @slot_number: the number of the slot that it is in, see [method@Kvm.MemorySlot.get_number]
 * @address_space: the address space of the slot
 *
 * Pages without a gap that were written to.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 guest_address;
  guint64 length;
  guint slot_number;
  guint address_space;
} KvmDirtyRange;

#define KVM_TYPE_DIRTY_RANGE (kvm_dirty_range_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_dirty_range_get_type (void) G_GNUC_CONST;
KVMOBJ_AVAILABLE_IN_0_1
KvmDirtyRange *kvm_dirty_range_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmDirtyRange *kvm_dirty_range_copy (const KvmDirtyRange *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_dirty_range_free (KvmDirtyRange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmDirtyRange, kvm_dirty_range_free)

#define KVM_TYPE_DIRTY_LOG (kvm_dirty_log_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDirtyLog, kvm_dirty_log, KVM, DIRTY_LOG, GObject)

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_enable_dirty_ring (KvmVm *vm, guint n_entries, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_enable_manual_dirty_log (KvmVm *vm, gboolean initially_set, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_harvest_dirty_rings (KvmVm *vm, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmDirtyLog *kvm_vm_create_dirty_log (KvmVm *vm, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_dirty_log_get_vm (KvmDirtyLog *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_dirty_log_collect (KvmDirtyLog *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_dirty_log_peek (KvmDirtyLog *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_dirty_log_clear_range (KvmDirtyLog *self, const KvmDirtyRange *range, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_dirty_log_next (KvmDirtyLog *self, KvmDirtyRange *range);
KVMOBJ_AVAILABLE_IN_0_1
KvmDirtyRange *kvm_dirty_log_get_ranges (KvmDirtyLog *self, gsize *n_ranges, GError **error);

G_END_DECLS

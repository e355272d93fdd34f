/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmCoalescedWriteFunc:
 * @space: whether @address is a port or a guest-physical address
 * @address: where the guest wrote
 * @size: how many bytes: 1, 2, 4 or 8
 * @value: what it wrote, little-endian
 * @user_data: what the caller of [method@Kvm.Vm.drain_coalesced] gave
 *
 * Takes a write of the guest's to a coalesced zone.
 *
 * Since: 0.1
 */
typedef void (*KvmCoalescedWriteFunc) (KvmIoSpace space, guint64 address, guint size, guint64 value,
                                       gpointer user_data);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_add_coalesced_zone (KvmVm *vm, KvmIoSpace space, guint64 address, guint64 length,
                                    GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_remove_coalesced_zone (KvmVm *vm, KvmIoSpace space, guint64 address, guint64 length,
                                       GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_vm_drain_coalesced (KvmVm *vm, KvmCoalescedWriteFunc func, gpointer user_data,
                            GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_DEVICE_TREE (kvm_device_tree_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDeviceTree, kvm_device_tree, KVM, DEVICE_TREE, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmDeviceTree *kvm_device_tree_new (void);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_tree_begin_node (KvmDeviceTree *self, const char *name);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_tree_end_node (KvmDeviceTree *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_tree_add_property (KvmDeviceTree *self, const char *name, const guint8 *data,
                                   gsize length);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_tree_add_string (KvmDeviceTree *self, const char *name, const char *value);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_device_tree_add_cells (KvmDeviceTree *self, const char *name, const guint32 *cells,
                                gsize n_cells);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_device_tree_finish (KvmDeviceTree *self, GError **error);

G_END_DECLS

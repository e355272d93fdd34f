/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-io-device.h>

G_BEGIN_DECLS

#define KVM_TYPE_I8042 (kvm_i8042_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmI8042, kvm_i8042, KVM, I8042, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmI8042 *kvm_i8042_new (void);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_i8042_get_reset_requested (KvmI8042 *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_i8042_set_reset_requested (KvmI8042 *self, gboolean reset_requested);

G_END_DECLS

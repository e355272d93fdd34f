/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-io-device.h>

G_BEGIN_DECLS

#define KVM_TYPE_DEBUG_EXIT (kvm_debug_exit_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDebugExit, kvm_debug_exit, KVM, DEBUG_EXIT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmDebugExit *kvm_debug_exit_new (void);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_debug_exit_get_has_value (KvmDebugExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_debug_exit_get_value (KvmDebugExit *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_system_arm64_get_vm_type (KvmSystem *system, guint address_bits, gboolean is_protected,
                                       guint64 *vm_type, GError **error);

G_END_DECLS

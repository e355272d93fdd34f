/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-msr-filter.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_create_pit (KvmVm *vm, guint flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_tss_address (KvmVm *vm, guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_msr_filter (KvmVm *vm, const KvmX86MsrFilter *filter, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_msr_exits (KvmVm *vm, KvmX86MsrExitReasons reasons, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-exit.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_debug_hsr (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_debug_far (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_iss (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_fault_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_esr (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_virtual_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_physical_address (KvmExit *self);

G_END_DECLS

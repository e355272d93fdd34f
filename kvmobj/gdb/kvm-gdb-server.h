/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-runner.h>

G_BEGIN_DECLS

#define KVM_TYPE_GDB_SERVER (kvm_gdb_server_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmGdbServer, kvm_gdb_server, KVM, GDB_SERVER, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmGdbServer *kvm_gdb_server_new (KvmRunner *runner, GSocketAddress *address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmRunner *kvm_gdb_server_get_runner (KvmGdbServer *self);
KVMOBJ_AVAILABLE_IN_0_1
GSocketAddress *kvm_gdb_server_get_address (KvmGdbServer *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_gdb_server_get_connected (KvmGdbServer *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_gdb_server_close (KvmGdbServer *self);

G_END_DECLS

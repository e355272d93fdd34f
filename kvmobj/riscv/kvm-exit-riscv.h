/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-exit.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_riscv_get_sbi_extension (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_riscv_get_sbi_function (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_riscv_get_sbi_arguments (KvmExit *self, gsize *n_arguments);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_riscv_get_sbi_result (KvmExit *self, gsize *n_results);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_riscv_set_sbi_result (KvmExit *self, gint64 sbi_error, guint64 value);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_riscv_get_csr_number (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_riscv_get_csr_answer (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_riscv_get_csr_write_mask (KvmExit *self);

G_END_DECLS

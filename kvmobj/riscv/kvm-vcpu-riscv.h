/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/riscv/kvm-riscv-extension.h>
#include <kvmobj/riscv/kvm-riscv-reg.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_setup_supervisor_mode (KvmVcpu *vcpu, guint64 address, guint64 argument,
                                               GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_set_external_interrupt (KvmVcpu *vcpu, gboolean level, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vcpu_riscv_get_vector (KvmVcpu *vcpu, guint number, gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_set_vector (KvmVcpu *vcpu, guint number, const guint8 *data, gsize length,
                                    GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_get_isa_extension (KvmVcpu *vcpu, guint extension, gboolean *enabled,
                                           GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_set_isa_extension (KvmVcpu *vcpu, guint extension, gboolean enabled,
                                           GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint *kvm_vcpu_riscv_get_isa_extensions (KvmVcpu *vcpu, gsize *n_extensions, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_get_sbi_extension (KvmVcpu *vcpu, guint extension, gboolean *enabled,
                                           GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_riscv_set_sbi_extension (KvmVcpu *vcpu, guint extension, gboolean enabled,
                                           GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint *kvm_vcpu_riscv_get_sbi_extensions (KvmVcpu *vcpu, gsize *n_extensions, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-exit.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_cr8 (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_apic_base (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_x86_get_interrupt_flag (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_x86_get_ready_for_interrupt (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_exception (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_exception_error_code (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_debug_exception (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_debug_pc (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_debug_dr6 (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_debug_dr7 (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_tpr_access_rip (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_eoi_vector (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_msr_index (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_msr_reason (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_x86_get_msr_error (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_x86_set_msr_error (KvmExit *self, gboolean fail);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_emulation_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_exit_x86_get_instruction_bytes (KvmExit *self, gsize *length);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_notify_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_hyperv_type (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_hyperv_msr (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_control (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_event_page (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_message_page (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_input (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_x86_get_hyperv_parameters (KvmExit *self, gsize *n_parameters);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_status (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_send_page (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_receive_page (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_hyperv_pending_page (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_xen_type (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_xen_long_mode (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_x86_get_xen_cpl (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_xen_input (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_x86_get_xen_parameters (KvmExit *self, gsize *n_parameters);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_tdx_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_tdx_number (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_x86_get_tdx_data (KvmExit *self, gsize *n_words);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_x86_set_tdx_data (KvmExit *self, guint index, guint64 value);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_snp_certs_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_x86_get_snp_certs_pages (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_x86_set_snp_certs_pages (KvmExit *self, guint64 n_pages);

G_END_DECLS

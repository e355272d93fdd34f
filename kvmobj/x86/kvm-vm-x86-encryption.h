/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmX86SevCommand:
 * @KVM_X86_SEV_COMMAND_INIT: sets a guest up for SEV; INIT2 is newer
 * @KVM_X86_SEV_COMMAND_ES_INIT: sets a guest up for SEV-ES; INIT2 is newer
 * @KVM_X86_SEV_COMMAND_LAUNCH_START: begins to encrypt a guest
 * @KVM_X86_SEV_COMMAND_LAUNCH_UPDATE_DATA: encrypts memory and measures it
 * @KVM_X86_SEV_COMMAND_LAUNCH_UPDATE_VMSA: encrypts the state of the vCPUs and measures it
 * @KVM_X86_SEV_COMMAND_LAUNCH_SECRET: puts a secret into the guest
 * @KVM_X86_SEV_COMMAND_LAUNCH_MEASURE: gets the measurement
 * @KVM_X86_SEV_COMMAND_LAUNCH_FINISH: ends the encrypting
 * @KVM_X86_SEV_COMMAND_SEND_START: begins to send a guest away
 * @KVM_X86_SEV_COMMAND_SEND_UPDATE_DATA: gets memory to be sent
 * @KVM_X86_SEV_COMMAND_SEND_UPDATE_VMSA: gets the state of a vCPU to be sent
 * @KVM_X86_SEV_COMMAND_SEND_FINISH: ends the sending
 * @KVM_X86_SEV_COMMAND_RECEIVE_START: begins to receive a guest
 * @KVM_X86_SEV_COMMAND_RECEIVE_UPDATE_DATA: takes memory that was sent
 * @KVM_X86_SEV_COMMAND_RECEIVE_UPDATE_VMSA: takes the state of a vCPU that was sent
 * @KVM_X86_SEV_COMMAND_RECEIVE_FINISH: ends the receiving
 * @KVM_X86_SEV_COMMAND_GUEST_STATUS: gets what state the guest is in
 * @KVM_X86_SEV_COMMAND_DEBUG_DECRYPT: reads memory of a guest that may be debugged
 * @KVM_X86_SEV_COMMAND_DEBUG_ENCRYPT: writes memory of a guest that may be debugged
 * @KVM_X86_SEV_COMMAND_CERTIFICATE_EXPORT: does nothing
 * @KVM_X86_SEV_COMMAND_GET_ATTESTATION_REPORT: gets a report on the guest, signed by the processor
 * @KVM_X86_SEV_COMMAND_SEND_CANCEL: breaks the sending off
 * @KVM_X86_SEV_COMMAND_INIT2: sets a guest up for SEV, SEV-ES or SEV-SNP
 * @KVM_X86_SEV_COMMAND_SNP_LAUNCH_START: begins to encrypt a guest for SEV-SNP
 * @KVM_X86_SEV_COMMAND_SNP_LAUNCH_UPDATE: encrypts memory for SEV-SNP
 * @KVM_X86_SEV_COMMAND_SNP_LAUNCH_FINISH: ends the encrypting for SEV-SNP
 * @KVM_X86_SEV_COMMAND_SNP_ENABLE_REQ_CERTS: lets requests for certificates be exits,
 *   %KVM_EXIT_REASON_SNP_REQ_CERTS
 *
 * The commands of SEV, AMD's encryption of guests. What each takes is in
 * x86/amd-memory-encryption.rst, next to api.rst.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_SEV_COMMAND_INIT,
  KVM_X86_SEV_COMMAND_ES_INIT,
  KVM_X86_SEV_COMMAND_LAUNCH_START,
  KVM_X86_SEV_COMMAND_LAUNCH_UPDATE_DATA,
  KVM_X86_SEV_COMMAND_LAUNCH_UPDATE_VMSA,
  KVM_X86_SEV_COMMAND_LAUNCH_SECRET,
  KVM_X86_SEV_COMMAND_LAUNCH_MEASURE,
  KVM_X86_SEV_COMMAND_LAUNCH_FINISH,
  KVM_X86_SEV_COMMAND_SEND_START,
  KVM_X86_SEV_COMMAND_SEND_UPDATE_DATA,
  KVM_X86_SEV_COMMAND_SEND_UPDATE_VMSA,
  KVM_X86_SEV_COMMAND_SEND_FINISH,
  KVM_X86_SEV_COMMAND_RECEIVE_START,
  KVM_X86_SEV_COMMAND_RECEIVE_UPDATE_DATA,
  KVM_X86_SEV_COMMAND_RECEIVE_UPDATE_VMSA,
  KVM_X86_SEV_COMMAND_RECEIVE_FINISH,
  KVM_X86_SEV_COMMAND_GUEST_STATUS,
  KVM_X86_SEV_COMMAND_DEBUG_DECRYPT,
  KVM_X86_SEV_COMMAND_DEBUG_ENCRYPT,
  KVM_X86_SEV_COMMAND_CERTIFICATE_EXPORT,
  KVM_X86_SEV_COMMAND_GET_ATTESTATION_REPORT,
  KVM_X86_SEV_COMMAND_SEND_CANCEL,
  KVM_X86_SEV_COMMAND_INIT2,
  KVM_X86_SEV_COMMAND_SNP_LAUNCH_START = 100,
  KVM_X86_SEV_COMMAND_SNP_LAUNCH_UPDATE,
  KVM_X86_SEV_COMMAND_SNP_LAUNCH_FINISH,
  KVM_X86_SEV_COMMAND_SNP_ENABLE_REQ_CERTS,
} KvmX86SevCommand;

KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_vm_x86_memory_encrypt_op (KvmVm *vm, GBytes *command, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_vm_x86_run_sev_command (KvmVm *vm, guint command, GBytes *data, int sev_fd,
                                    guint32 *firmware_error, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_register_encrypted_region (KvmVm *vm, KvmMemory *memory, guint64 offset,
                                               guint64 length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_unregister_encrypted_region (KvmVm *vm, KvmMemory *memory, guint64 offset,
                                                 guint64 length, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmDiagnosisStatus:
 * @KVM_DIAGNOSIS_STATUS_USABLE: it works: a virtual machine and a vCPU could be made
 * @KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION: the processor does not offer virtualization: it is
 *   switched off in the firmware (BIOS), or there is none
 * @KVM_DIAGNOSIS_STATUS_NO_NESTING: this is a virtual machine, whose hypervisor does not offer
 *   virtualization to it
 * @KVM_DIAGNOSIS_STATUS_NO_MODULE: the processor could, but the kernel's module is not loaded, or
 *   the kernel has none; see [method@Kvm.Diagnosis.get_module]
 * @KVM_DIAGNOSIS_STATUS_NO_NODE: the kernel has KVM, but there is no /dev/kvm here
 * @KVM_DIAGNOSIS_STATUS_NO_PERMISSION: the user, or the sandbox, may not open /dev/kvm; see
 *   [method@Kvm.Diagnosis.get_group]
 * @KVM_DIAGNOSIS_STATUS_BUSY: another hypervisor is using the processor
 * @KVM_DIAGNOSIS_STATUS_BROKEN: there is a /dev/kvm, but it does not make virtual machines with
 *   vCPUs; the message has the error
 *
 * Whether KVM can be used, and what is in the way.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_DIAGNOSIS_STATUS_USABLE,
  KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION,
  KVM_DIAGNOSIS_STATUS_NO_NESTING,
  KVM_DIAGNOSIS_STATUS_NO_MODULE,
  KVM_DIAGNOSIS_STATUS_NO_NODE,
  KVM_DIAGNOSIS_STATUS_NO_PERMISSION,
  KVM_DIAGNOSIS_STATUS_BUSY,
  KVM_DIAGNOSIS_STATUS_BROKEN,
} KvmDiagnosisStatus;

/**
 * KvmSandbox:
 * @KVM_SANDBOX_NONE: none that is known
 * @KVM_SANDBOX_FLATPAK: a Flatpak, which needs `--device=kvm`
 * @KVM_SANDBOX_SNAP: a snap, which needs the interface `kvm`
 * @KVM_SANDBOX_CONTAINER: a container, which needs `--device=/dev/kvm` or its like
 *
 * What a program is shut into.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_SANDBOX_NONE,
  KVM_SANDBOX_FLATPAK,
  KVM_SANDBOX_SNAP,
  KVM_SANDBOX_CONTAINER,
} KvmSandbox;

#define KVM_TYPE_DIAGNOSIS (kvm_diagnosis_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDiagnosis, kvm_diagnosis, KVM, DIAGNOSIS, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmDiagnosis *kvm_system_diagnose (void);

KVMOBJ_AVAILABLE_IN_0_1
KvmDiagnosisStatus kvm_diagnosis_get_status (KvmDiagnosis *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmSandbox kvm_diagnosis_get_sandbox (KvmDiagnosis *self);
KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_diagnosis_get_group (KvmDiagnosis *self);
KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_diagnosis_get_module (KvmDiagnosis *self);
KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_diagnosis_get_message (KvmDiagnosis *self);

G_END_DECLS

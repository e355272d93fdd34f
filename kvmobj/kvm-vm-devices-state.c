/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of a VM of arm64 or riscv64 beside its vCPUs: that of its devices. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-state-private.h"

enum
{
  VCPUS = KVMOBJ_VM_STATE_VCPUS,
  N_ITEMS
};

static const KvmStateItem items[] = {
  [VCPUS] = { "vcpus", "a{ua{sv}}", 0, FALSE },
};

const KvmStateTable _kvm_vm_devices_state_table = { items, N_ITEMS };

gboolean
_kvm_vm_devices_save_state (KvmVm *self, GVariantBuilder *builder, GError **error)
{
  return TRUE;
}

gboolean
_kvm_vm_devices_check_state (KvmVm *self, const KvmStateValues *values, GError **error)
{
  return TRUE;
}

gboolean
_kvm_vm_devices_restore_state (KvmVm *self, const KvmStateValues *values,
                               KvmStateProgress *progress, GError **error)
{
  return TRUE;
}

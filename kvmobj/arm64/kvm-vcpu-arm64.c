/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an arm64 vCPU is, and the state that is in no register. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"
#include "arm64/kvm-arm64-reg.h"
#include "arm64/kvm-vcpu-arm64.h"
#include "arm64/kvm-vm-arm64.h"

/* In AArch32 the registers of all modes are one file; R13 of supervisor mode is this one. */
#define AARCH32_SP_SVC 19

#define MAX_SVE_LENGTH 65536
#define SVE_STEP 128

static const struct
{
  KvmArm64VcpuFeatures feature;
  KvmCapability capability;
  const char *name;
} needs[] = {
  { KVM_ARM64_VCPU_FEATURES_EL1_32BIT, KVM_CAPABILITY_ARM_EL1_32BIT, "KVM_CAP_ARM_EL1_32BIT" },
  { KVM_ARM64_VCPU_FEATURES_PSCI_0_2, KVM_CAPABILITY_ARM_PSCI_0_2, "KVM_CAP_ARM_PSCI_0_2" },
  { KVM_ARM64_VCPU_FEATURES_PMU_V3, KVM_CAPABILITY_ARM_PMU_V3, "KVM_CAP_ARM_PMU_V3" },
  { KVM_ARM64_VCPU_FEATURES_SVE, KVM_CAPABILITY_ARM_SVE, "KVM_CAP_ARM_SVE" },
  { KVM_ARM64_VCPU_FEATURES_PTRAUTH_ADDRESS, KVM_CAPABILITY_ARM_PTRAUTH_ADDRESS,
    "KVM_CAP_ARM_PTRAUTH_ADDRESS" },
  { KVM_ARM64_VCPU_FEATURES_PTRAUTH_GENERIC, KVM_CAPABILITY_ARM_PTRAUTH_GENERIC,
    "KVM_CAP_ARM_PTRAUTH_GENERIC" },
  { KVM_ARM64_VCPU_FEATURES_HAS_EL2, KVM_CAPABILITY_ARM_EL2, "KVM_CAP_ARM_EL2" },
  { KVM_ARM64_VCPU_FEATURES_HAS_EL2_E2H0, KVM_CAPABILITY_ARM_EL2_E2H0, "KVM_CAP_ARM_EL2_E2H0" },
};

/* Why the kernel refused, which says EINVAL or ENOENT of a feature that it lacks, too. */
static void
explain_init (KvmVcpu *vcpu, const KvmArm64VcpuInit *init, GError **error)
{
  g_autofree char *wanted = kvm_arm64_vcpu_init_to_string (init);

  if (error == NULL
      || (!g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
          && !g_error_matches (*error, KVM_ERROR, KVM_ERROR_NOT_FOUND)))
    {
      _kvm_error_add_detail (error, "%s", wanted);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if ((init->features & needs[i].feature)
        && _kvm_handle_peek_extension (&vcpu->handle, needs[i].capability) == 0)
      {
        g_clear_error (error);
        g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                     "KVM_ARM_VCPU_INIT on vCPU %" G_GUINT64_FORMAT
                     ": this host does not have it (%s is 0) (%s)",
                     vcpu->handle.id, needs[i].name, wanted);
        return;
      }

  if (vcpu->is_arm64_initialized && !kvm_arm64_vcpu_init_equal (init, &vcpu->arm64_init))
    {
      g_autofree char *had = kvm_arm64_vcpu_init_to_string (&vcpu->arm64_init);

      _kvm_error_add_detail (error, "%s; the vCPU was initialized with %s, and keeps that", wanted,
                             had);
    }
  else
    _kvm_error_add_detail (error,
                           "%s; features that do not go together, or other ones than a vCPU of the "
                           "VM has already",
                           wanted);
}

/**
 * kvm_vcpu_arm64_init:
 * @vcpu: a vCPU
 * @init: what it is to be
 * @error: return location for an error
 *
 * Initializes the vCPU: says what it has, and puts its registers to what they are after a reset
 * (`KVM_ARM_VCPU_INIT`; arm64). Before that it has no registers and cannot run. Begin with what
 * [method@Kvm.Vm.arm64_get_preferred_target] gives; or use [method@Kvm.Vcpu.arm64_setup], which
 * does it all.
 *
 * Initializing it again resets it; the target and the features must then be the same, on newer
 * kernels but for %KVM_ARM64_VCPU_FEATURES_POWER_OFF. On newer kernels all vCPUs of a VM have the
 * same features. See section 4.82 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_SUPPORTED if the host lacks a feature, whose capability the message
 * names, or on another architecture; %KVM_ERROR_INVALID_ARGUMENT if the target or the features are
 * other ones than before, or do not go together; %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.set_one_reg] does; %KVM_ERROR_CLOSED and %KVM_ERROR_RUNNING.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_init (KvmVcpu *vcpu, const KvmArm64VcpuInit *init, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && init != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_vcpu_check_pc_settable (vcpu, TRUE, "KVM_ARM_VCPU_INIT", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_ARM_VCPU_INIT, init, &local) == -1)
    {
      explain_init (vcpu, init, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  vcpu->arm64_init = *init;
  vcpu->is_arm64_initialized = TRUE;
  return TRUE;
}

/**
 * kvm_vcpu_arm64_finalize:
 * @vcpu: a vCPU that is initialized
 * @feature: the feature: %KVM_ARM64_VCPU_FEATURES_SVE
 * @error: return location for an error
 *
 * Says that a feature is as it is to be (`KVM_ARM_VCPU_FINALIZE`; %KVM_CAPABILITY_ARM_SVE; arm64).
 * A vCPU with SVE runs only after that, and its vector lengths are fixed then. See section 4.119 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_INVALID unless it is one feature, %KVM_ERROR_INVALID_ARGUMENT if the vCPU
 * does not have it, %KVM_ERROR_NOT_PERMITTED if it was finalized already, %KVM_ERROR_NOT_EXECUTABLE
 * if the vCPU is not initialized, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_finalize (KvmVcpu *vcpu, KvmArm64VcpuFeatures feature, GError **error)
{
  int number = g_bit_nth_lsf (feature, -1);

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (number == -1 || feature != 1u << number)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_ARM_VCPU_FINALIZE takes one feature, not 0x%x", feature);
      return FALSE;
    }
  if (kvm_ioctl (&vcpu->handle, KVM_ARM_VCPU_FINALIZE, &number, error) == -1)
    {
      _kvm_error_add_detail (error, "feature %d%s", number,
                             error != NULL
                                     && g_error_matches (*error, KVM_ERROR, KVM_ERROR_NOT_PERMITTED)
                                 ? "; it is finalized already"
                                 : "");
      return FALSE;
    }
  return TRUE;
}

/* Where the vCPU finds its stack pointer at the exception level that it begins at. */
static guint64
get_stack_reg (KvmArm64VcpuFeatures features)
{
  if (features & KVM_ARM64_VCPU_FEATURES_EL1_32BIT)
    return kvm_arm64_reg_x (AARCH32_SP_SVC);
  if (features & (KVM_ARM64_VCPU_FEATURES_HAS_EL2 | KVM_ARM64_VCPU_FEATURES_HAS_EL2_E2H0))
    return kvm_arm64_reg_sysreg (3, 6, 4, 1, 0);
  return KVMOBJ_ARM64_REG_SP_EL1;
}

/**
 * kvm_vcpu_arm64_setup:
 * @vcpu: a vCPU
 * @features: what it has
 * @pc: the guest-physical address of its first instruction
 * @stack: its stack pointer; 0 for a guest that sets its own
 * @argument: what it finds in X0, such as the address of a device tree
 * @error: return location for an error
 *
 * Makes a vCPU ready to run, in one call: initializes it with the target that the host prefers,
 * finalizes SVE with all lengths if it is among the features, and sets where it begins. It begins
 * at EL1 (or EL2, with that feature) with interrupts masked and the MMU and caches off, as after a
 * reset.
 *
 * ```c
 * kvm_vcpu_arm64_setup (vcpu, KVM_ARM64_VCPU_FEATURES_PSCI_0_2, 0x40080000, 0, fdt, &error);
 * ```
 *
 * Fails as [method@Kvm.Vcpu.arm64_init], [method@Kvm.Vcpu.arm64_finalize] and
 * [method@Kvm.Vcpu.set_one_reg] do, which it calls.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_setup (KvmVcpu *vcpu, KvmArm64VcpuFeatures features, guint64 pc, guint64 stack,
                      guint64 argument, GError **error)
{
  KvmArm64VcpuInit init;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_handle_check (&vcpu->handle, "kvm_vcpu_arm64_setup ()", error)
      || !kvm_vm_arm64_get_preferred_target (vcpu->vm, &init, error))
    return FALSE;
  init.features |= features;
  return kvm_vcpu_arm64_init (vcpu, &init, error)
         && ((features & KVM_ARM64_VCPU_FEATURES_SVE) == 0
             || kvm_vcpu_arm64_finalize (vcpu, KVM_ARM64_VCPU_FEATURES_SVE, error))
         && kvm_vcpu_set_one_reg (vcpu, KVMOBJ_ARM64_REG_PC, pc, error)
         && kvm_vcpu_set_one_reg (vcpu, KVMOBJ_ARM64_REG_X0, argument, error)
         && (stack == 0 || kvm_vcpu_set_one_reg (vcpu, get_stack_reg (features), stack, error));
}

/**
 * kvm_vcpu_arm64_get_sve_lengths:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_SVE
 * @n_lengths: (out): the length of the result
 * @error: return location for an error
 *
 * Gets which lengths of scalable vectors the guest can choose from (`KVM_GET_ONE_REG` of
 * %KVMOBJ_ARM64_REG_SVE_VLS; %KVM_CAPABILITY_ARM_SVE; arm64). Unless they are set they are all that
 * the host can do.
 *
 * Fails as [method@Kvm.Vcpu.get_one_reg_bytes] does, with %KVM_ERROR_NOT_FOUND if the vCPU has no
 * SVE, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: (array length=n_lengths) (transfer full): the lengths in bits, ascending
 *
 * Since: 0.1
 */
guint *
kvm_vcpu_arm64_get_sve_lengths (KvmVcpu *vcpu, gsize *n_lengths, GError **error)
{
  g_autofree guint8 *set = NULL;
  g_autofree guint *lengths = NULL;
  gsize size, n = 0;

  g_return_val_if_fail (n_lengths != NULL, NULL);
  *n_lengths = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  set = kvm_vcpu_get_one_reg_bytes (vcpu, KVMOBJ_ARM64_REG_SVE_VLS, &size, error);
  if (set == NULL)
    return NULL;
  lengths = g_new (guint, 8 * size);
  for (gsize i = 0; i < 8 * size; i++)
    if (set[i / 8] >> i % 8 & 1)
      lengths[n++] = (i + 1) * SVE_STEP;
  *n_lengths = n;
  return g_steal_pointer (&lengths);
}

/**
 * kvm_vcpu_arm64_set_sve_lengths:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_SVE that is not finalized
 * @lengths: (array length=n_lengths): the lengths in bits: multiples of 128
 * @n_lengths: how many there are
 * @error: return location for an error
 *
 * Sets which lengths of scalable vectors the guest can choose from (`KVM_SET_ONE_REG` of
 * %KVMOBJ_ARM64_REG_SVE_VLS; %KVM_CAPABILITY_ARM_SVE; arm64): all that the host can do up to some
 * length. To migrate a guest, give it the same on all hosts.
 *
 * Fails with %KVM_ERROR_INVALID if one is no such length, %KVM_ERROR_INVALID_ARGUMENT if the host
 * cannot do just these, %KVM_ERROR_NOT_PERMITTED if SVE is finalized, %KVM_ERROR_NOT_FOUND if the
 * vCPU has no SVE, as [method@Kvm.Vcpu.set_one_reg_bytes] does, and with %KVM_ERROR_NOT_SUPPORTED
 * on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_sve_lengths (KvmVcpu *vcpu, const guint *lengths, gsize n_lengths,
                                GError **error)
{
  guint8 set[MAX_SVE_LENGTH / SVE_STEP / 8] = { 0 };

  G_STATIC_ASSERT (sizeof set == KVMOBJ_REG_SIZE (KVMOBJ_ARM64_REG_SVE_VLS));
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  g_return_val_if_fail (lengths != NULL || n_lengths == 0, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  for (gsize i = 0; i < n_lengths; i++)
    {
      guint bit = lengths[i] / SVE_STEP - 1;

      if (lengths[i] == 0 || lengths[i] > MAX_SVE_LENGTH || lengths[i] % SVE_STEP != 0)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                       "Vectors of SVE have a multiple of %u bits, up to %u, not %u", SVE_STEP,
                       MAX_SVE_LENGTH, lengths[i]);
          return FALSE;
        }
      set[bit / 8] |= 1u << bit % 8;
    }
  return kvm_vcpu_set_one_reg_bytes (vcpu, KVMOBJ_ARM64_REG_SVE_VLS, set, sizeof set, error);
}

/**
 * kvm_vcpu_arm64_get_vcpu_events:
 * @vcpu: a vCPU that is initialized
 * @events: (out caller-allocates): the events
 * @error: return location for an error
 *
 * Gets what is on its way to the guest and in no register (`KVM_GET_VCPU_EVENTS`;
 * %KVM_CAPABILITY_VCPU_EVENTS; arm64). See section 4.31 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not
 * initialized, and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the
 * capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_get_vcpu_events (KvmVcpu *vcpu, KvmArm64VcpuEvents *events, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && events != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  memset (events, 0, sizeof *events);
  return kvm_ioctl (&vcpu->handle, KVM_GET_VCPU_EVENTS, events, error) != -1;
}

/**
 * kvm_vcpu_arm64_set_vcpu_events:
 * @vcpu: a vCPU that is initialized
 * @events: the events
 * @error: return location for an error
 *
 * Sets what is on its way to the guest (`KVM_SET_VCPU_EVENTS`; %KVM_CAPABILITY_VCPU_EVENTS; arm64):
 * so an SError or an external data abort is injected. An abort may be the answer to
 * %KVM_EXIT_REASON_ARM_NISV, and on newer kernels to %KVM_EXIT_REASON_MMIO. See section 4.32 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there is a syndrome that the host cannot give or that
 * has more than 25 bits, %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not initialized,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture
 * or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_vcpu_events (KvmVcpu *vcpu, const KvmArm64VcpuEvents *events, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && events != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_SET_VCPU_EVENTS, events, error) == -1)
    {
      g_autofree char *wanted = kvm_arm64_vcpu_events_to_string (events);

      _kvm_error_add_detail (error, "%s", wanted);
      return FALSE;
    }
  return TRUE;
}

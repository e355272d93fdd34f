/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-irq.h"
#include "kvm-vcpu-private.h"
#include "riscv/kvm-vcpu-riscv.h"

#define MODE_SUPERVISOR 1
#define INTERRUPT_SET 0xffffffffu
#define INTERRUPT_UNSET 0xfffffffeu
#define N_VECTOR 32
#define MAX_EXTENSION 0xffff /* what has room in an id */
#define BITS 64              /* extensions in one bit map */

static gboolean
set_registers (KvmVcpu *vcpu, guint64 address, guint64 argument, GError **error)
{
  const struct
  {
    guint64 id;
    guint64 value;
  } others[] = {
    { KVMOBJ_RISCV_REG_A0, kvm_vcpu_get_id (vcpu) },
    { KVMOBJ_RISCV_REG_A1, argument },
    { KVMOBJ_RISCV_REG_PC, address },
    { KVMOBJ_RISCV_REG_MODE, MODE_SUPERVISOR },
    { KVMOBJ_RISCV_REG_SSTATUS, 0 },
    { KVMOBJ_RISCV_REG_SIE, 0 },
    { KVMOBJ_RISCV_REG_SATP, 0 },
  };

  for (guint i = 1; i <= 31; i++)
    if (!kvm_vcpu_set_one_reg (vcpu, kvm_riscv_reg_x (i), 0, error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (!kvm_vcpu_set_one_reg (vcpu, others[i].id, others[i].value, error))
      return FALSE;
  return TRUE;
}

/**
 * kvm_vcpu_riscv_setup_supervisor_mode:
 * @vcpu: a vCPU
 * @address: where the code begins: a guest-physical address
 * @argument: what the code finds in a1; for a kernel the address of its device tree
 * @error: return location for an error
 *
 * Makes the vCPU ready to run code in supervisor mode, as firmware hands over to a kernel
 * (`KVM_SET_ONE_REG` and `KVM_SET_MP_STATE`; riscv64): paging and interrupts are off, a0 is the
 * number of the hart, which is the id of the vCPU, a1 is @argument, and the other general registers
 * are 0, with the stack pointer. The vCPU takes part at once. Of those that are not to, and wait
 * until the guest starts them through the firmware, leave all but the first as they are. Code that
 * does not set its stack pointer itself gets it by [method@Kvm.Vcpu.set_one_reg] of
 * [func@Kvm.riscv_reg_x] (2).
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.set_one_reg] does, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_setup_supervisor_mode (KvmVcpu *vcpu, guint64 address, guint64 argument,
                                      GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return set_registers (vcpu, address, argument, error)
         && kvm_vcpu_set_mp_state (vcpu, KVM_VCPU_STATE_RUNNABLE, error);
}

/**
 * kvm_vcpu_riscv_set_external_interrupt:
 * @vcpu: a vCPU
 * @level: %TRUE for up, %FALSE for down
 * @error: return location for an error
 *
 * Puts the external interrupt of supervisor mode up or down, as an interrupt controller in the
 * process does (`KVM_INTERRUPT`; riscv64). It stays so until it is set again. Other than on x86
 * this can be done from any thread while the vCPU runs, and wakes a guest that waits. See section
 * 4.16 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_set_external_interrupt (KvmVcpu *vcpu, gboolean level, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return kvm_vcpu_interrupt (vcpu, level ? INTERRUPT_SET : INTERRUPT_UNSET, error);
}

/* The id of a vector register; its size depends on the vCPU. */
static gboolean
find_vector (KvmVcpu *vcpu, guint number, guint64 *id, GError **error)
{
  guint64 vlenb;

  if (number >= N_VECTOR)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There is no vector register v%u: they are v0 to v31", number);
      return FALSE;
    }
  if (!kvm_vcpu_get_one_reg (vcpu, KVMOBJ_RISCV_REG_VLENB, &vlenb, error))
    return FALSE;
  *id = kvm_riscv_reg_v (number, vlenb);
  return TRUE;
}

/**
 * kvm_vcpu_riscv_get_vector:
 * @vcpu: a vCPU with %KVM_RISCV_ISA_EXTENSION_V
 * @number: 0 to 31
 * @length: (out): the length of the result, which is that of all vector registers of the vCPU
 * @error: return location for an error
 *
 * Gets a vector register (`KVM_GET_ONE_REG`; %KVM_CAPABILITY_ONE_REG; riscv64). See section 4.69 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such register, %KVM_ERROR_NOT_FOUND if the vCPU has
 * no vectors, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_vcpu_riscv_get_vector (KvmVcpu *vcpu, guint number, gsize *length, GError **error)
{
  guint64 id;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (RISCV, NULL, error);

  if (!find_vector (vcpu, number, &id, error))
    return NULL;
  return kvm_vcpu_get_one_reg_bytes (vcpu, id, length, error);
}

/**
 * kvm_vcpu_riscv_set_vector:
 * @vcpu: a vCPU with %KVM_RISCV_ISA_EXTENSION_V
 * @number: 0 to 31
 * @data: (array length=length): the value, little-endian
 * @length: its length in bytes, which is that of all vector registers of the vCPU
 * @error: return location for an error
 *
 * Sets a vector register (`KVM_SET_ONE_REG`; %KVM_CAPABILITY_ONE_REG; riscv64). See section 4.68 of
 * api.rst.
 *
 * Fails as [method@Kvm.Vcpu.riscv_get_vector] does, with %KVM_ERROR_INVALID also if the length is
 * another, and with %KVM_ERROR_PENDING as [method@Kvm.Vcpu.set_one_reg] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_set_vector (KvmVcpu *vcpu, guint number, const guint8 *data, gsize length,
                           GError **error)
{
  guint64 id;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return find_vector (vcpu, number, &id, error)
         && kvm_vcpu_set_one_reg_bytes (vcpu, id, data, length, error);
}

static gboolean
check_extension (guint extension, GError **error)
{
  if (extension <= MAX_EXTENSION)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "No extension has the number %u: they are below %u", extension, MAX_EXTENSION + 1);
  return FALSE;
}

/* Extensions of both kinds are registers, which are 0 or 1, or are 64 bits. */
static gboolean
get_extension (KvmVcpu *vcpu, guint64 id, gboolean *enabled, GError **error)
{
  guint64 value;

  if (!kvm_vcpu_get_one_reg (vcpu, id, &value, error))
    return FALSE;
  *enabled = value != 0;
  return TRUE;
}

static guint *
get_extensions (KvmVcpu *vcpu, guint64 (*get_id) (guint number), gsize *n_extensions,
                GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GError) local = NULL;
  guint64 bits;
  guint n = 0;

  for (; n <= MAX_EXTENSION / BITS && kvm_vcpu_get_one_reg (vcpu, get_id (n), &bits, &local); n++)
    for (guint i = 0; i < BITS; i++)
      if (bits >> i & 1)
        {
          guint extension = BITS * n + i;

          g_array_append_val (found, extension);
        }

  /* The kernel knows no further ones. */
  if (local != NULL && (n == 0 || !g_error_matches (local, KVM_ERROR, KVM_ERROR_NOT_FOUND)))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  *n_extensions = found->len;
  return (guint *) g_array_free (g_steal_pointer (&found), FALSE);
}

/**
 * kvm_vcpu_riscv_get_isa_extension:
 * @vcpu: a vCPU
 * @extension: a [enum@Kvm.RiscvIsaExtension], or another number of the kernel's
 *   `KVM_RISCV_ISA_EXT_…`
 * @enabled: (out): whether the vCPU has it
 * @error: return location for an error
 *
 * Gets whether the vCPU has an extension of the instruction set (`KVM_GET_ONE_REG`;
 * %KVM_CAPABILITY_ONE_REG; riscv64). See section 4.69 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if the host does not have the extension or the kernel does not
 * know it, %KVM_ERROR_INVALID if no kernel can, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_get_isa_extension (KvmVcpu *vcpu, guint extension, gboolean *enabled, GError **error)
{
  g_return_val_if_fail (enabled != NULL, FALSE);
  *enabled = FALSE;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_extension (extension, error)
         && get_extension (vcpu, kvm_riscv_reg_isa_ext (extension), enabled, error);
}

/**
 * kvm_vcpu_riscv_set_isa_extension:
 * @vcpu: a vCPU
 * @extension: a [enum@Kvm.RiscvIsaExtension], or another number of the kernel's
 *   `KVM_RISCV_ISA_EXT_…`
 * @enabled: whether the vCPU has it
 * @error: return location for an error
 *
 * Sets whether the vCPU has an extension of the instruction set (`KVM_SET_ONE_REG`;
 * %KVM_CAPABILITY_ONE_REG; riscv64). An instruction of one that it does not have traps in the
 * guest. At first a vCPU has all that the host has. See section 4.68 of api.rst.
 *
 * Fails as [method@Kvm.Vcpu.riscv_get_isa_extension] does, with %KVM_ERROR_INVALID_ARGUMENT if the
 * extension cannot be taken away or given, as most that have only instructions, and with
 * %KVM_ERROR_BUSY if the vCPU has run already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_set_isa_extension (KvmVcpu *vcpu, guint extension, gboolean enabled, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_extension (extension, error)
         && kvm_vcpu_set_one_reg (vcpu, kvm_riscv_reg_isa_ext (extension), enabled != FALSE, error);
}

/**
 * kvm_vcpu_riscv_get_isa_extensions:
 * @vcpu: a vCPU
 * @n_extensions: (out): the length of the result
 * @error: return location for an error
 *
 * Gets the extensions of the instruction set that the vCPU has (`KVM_GET_ONE_REG`;
 * %KVM_CAPABILITY_ONE_REG; riscv64). [func@Kvm.riscv_isa_ext_to_string] gets their names. See
 * section 4.69 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND before Linux 6.6, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (array length=n_extensions) (transfer full): their numbers, which are a
 *   [enum@Kvm.RiscvIsaExtension] each, or others of the kernel's
 *
 * Since: 0.1
 */
guint *
kvm_vcpu_riscv_get_isa_extensions (KvmVcpu *vcpu, gsize *n_extensions, GError **error)
{
  g_return_val_if_fail (n_extensions != NULL, NULL);
  *n_extensions = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (RISCV, NULL, error);

  return get_extensions (vcpu, kvm_riscv_reg_isa_multi_en, n_extensions, error);
}

/**
 * kvm_vcpu_riscv_get_sbi_extension:
 * @vcpu: a vCPU
 * @extension: a [enum@Kvm.RiscvSbiExtension], or another number of the kernel's
 *   `KVM_RISCV_SBI_EXT_…`
 * @enabled: (out): whether the guest can call it
 * @error: return location for an error
 *
 * Gets whether the guest can call an extension of the supervisor binary interface
 * (`KVM_GET_ONE_REG`; %KVM_CAPABILITY_ONE_REG; riscv64). See section 4.69 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if the kernel does not have the extension, %KVM_ERROR_INVALID if
 * no kernel can, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_get_sbi_extension (KvmVcpu *vcpu, guint extension, gboolean *enabled, GError **error)
{
  g_return_val_if_fail (enabled != NULL, FALSE);
  *enabled = FALSE;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_extension (extension, error)
         && get_extension (vcpu, kvm_riscv_reg_sbi_ext (extension), enabled, error);
}

/**
 * kvm_vcpu_riscv_set_sbi_extension:
 * @vcpu: a vCPU
 * @extension: a [enum@Kvm.RiscvSbiExtension], or another number of the kernel's
 *   `KVM_RISCV_SBI_EXT_…`
 * @enabled: whether the guest can call it
 * @error: return location for an error
 *
 * Sets whether the guest can call an extension of the supervisor binary interface
 * (`KVM_SET_ONE_REG`; %KVM_CAPABILITY_ONE_REG; riscv64). A call of one that it cannot call fails in
 * the guest. Those that the process is to answer, such as %KVM_RISCV_SBI_EXTENSION_DBCN, may be
 * disabled at first; their calls end the run with %KVM_EXIT_REASON_RISCV_SBI. See section 4.68 of
 * api.rst.
 *
 * Fails as [method@Kvm.Vcpu.riscv_get_sbi_extension] does, and with %KVM_ERROR_BUSY if the vCPU has
 * run already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_riscv_set_sbi_extension (KvmVcpu *vcpu, guint extension, gboolean enabled, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_extension (extension, error)
         && kvm_vcpu_set_one_reg (vcpu, kvm_riscv_reg_sbi_ext (extension), enabled != FALSE, error);
}

/**
 * kvm_vcpu_riscv_get_sbi_extensions:
 * @vcpu: a vCPU
 * @n_extensions: (out): the length of the result
 * @error: return location for an error
 *
 * Gets the extensions of the supervisor binary interface that the guest can call
 * (`KVM_GET_ONE_REG`; %KVM_CAPABILITY_ONE_REG; riscv64). [func@Kvm.riscv_sbi_ext_to_string]
 * gets their names. See section 4.69 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND before Linux 6.4, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (array length=n_extensions) (transfer full): their numbers, which are a
 *   [enum@Kvm.RiscvSbiExtension] each, or others of the kernel's
 *
 * Since: 0.1
 */
guint *
kvm_vcpu_riscv_get_sbi_extensions (KvmVcpu *vcpu, gsize *n_extensions, GError **error)
{
  g_return_val_if_fail (n_extensions != NULL, NULL);
  *n_extensions = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (RISCV, NULL, error);

  return get_extensions (vcpu, kvm_riscv_reg_sbi_multi_en, n_extensions, error);
}

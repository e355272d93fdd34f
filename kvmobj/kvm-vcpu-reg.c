/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The registers of a vCPU by their ids: the way of arm64 and riscv64, and of a few on x86. */

#include "config.h"

#include <errno.h>
#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "arm64/kvm-arm64-reg.h"
#include "riscv/kvm-riscv-reg.h"

/* A name says more than a number, above all where the size in the id is wrong. */
static void
add_detail (guint64 id, GError **error)
{
  g_autofree char *name = kvm_riscv_reg_to_string (id);

  if (name == NULL)
    name = kvm_arm64_reg_to_string (id);
  if (name != NULL)
    _kvm_error_add_detail (error, "register 0x%016" G_GINT64_MODIFIER "x, %s of %u bytes", id, name,
                           KVMOBJ_REG_SIZE (id));
  else
    _kvm_error_add_detail (error, "register 0x%016" G_GINT64_MODIFIER "x", id);
}

static gboolean
get_reg (KvmVcpu *self, guint64 id, gpointer data, GError **error)
{
  KvmAbiOneReg reg = { .id = id, .addr = (gulong) data };

  if (kvm_ioctl (&self->handle, KVM_GET_ONE_REG, &reg, error) == -1)
    {
      add_detail (id, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_reg (KvmVcpu *self, guint64 id, gconstpointer data, GError **error)
{
  KvmAbiOneReg reg = { .id = id, .addr = (gulong) data };
  gboolean is_pc = id == KVMOBJ_ARM64_REG_PC || id == KVMOBJ_RISCV_REG_PC;

  if (!_kvm_vcpu_check_pc_settable (self, is_pc, "KVM_SET_ONE_REG", error))
    return FALSE;
  if (kvm_ioctl (&self->handle, KVM_SET_ONE_REG, &reg, error) == -1)
    {
      add_detail (id, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_fits_integer (guint64 id, GError **error)
{
  if (KVMOBJ_REG_SIZE (id) <= sizeof (guint64))
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The register 0x%016" G_GINT64_MODIFIER
               "x has %u bytes: use the method for registers as bytes",
               id, KVMOBJ_REG_SIZE (id));
  return FALSE;
}

/**
 * kvm_vcpu_get_one_reg:
 * @self: a vCPU
 * @id: the id of a register of at most 64 bits
 * @value: (out): its value, zero-extended
 * @error: return location for an error
 *
 * Gets a register (`KVM_GET_ONE_REG`; %KVM_CAPABILITY_ONE_REG). Which ids there are says
 * [method@Kvm.Vcpu.get_reg_list]; section 4.68 of api.rst tells how they are made. See section 4.69
 * of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NOT_FOUND or
 * %KVM_ERROR_INVALID_ARGUMENT if there is no such register, %KVM_ERROR_INVALID if it has more than
 * 64 bits, %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not initialized yet (arm64), and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_get_one_reg (KvmVcpu *self, guint64 id, guint64 *value, GError **error)
{
  guint64 data = 0;

  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  if (!check_fits_integer (id, error) || !get_reg (self, id, &data, error))
    return FALSE;
  *value = data;
  return TRUE;
}

/**
 * kvm_vcpu_set_one_reg:
 * @self: a vCPU
 * @id: the id of a register of at most 64 bits
 * @value: its new value
 * @error: return location for an error
 *
 * Sets a register (`KVM_SET_ONE_REG`; %KVM_CAPABILITY_ONE_REG). See section 4.68 of api.rst.
 *
 * Fails as [method@Kvm.Vcpu.get_one_reg] does, with %KVM_ERROR_INVALID also if the value has more
 * bits than the register, %KVM_ERROR_PENDING while a read of the guest's is not finished (on arm64
 * and riscv64 for the program counter also while a write is not, see
 * [method@Kvm.Vcpu.complete_pending]), and with
 * %KVM_ERROR_INVALID_ARGUMENT or %KVM_ERROR_NOT_PERMITTED also if the register cannot have this
 * value.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_one_reg (KvmVcpu *self, guint64 id, guint64 value, GError **error)
{
  guint size = KVMOBJ_REG_SIZE (id);

  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  if (!check_fits_integer (id, error))
    return FALSE;
  if (size < sizeof value && value >> (8 * size) != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The register 0x%016" G_GINT64_MODIFIER
                   "x has %u bytes, and 0x%" G_GINT64_MODIFIER "x has more",
                   id, size, value);
      return FALSE;
    }
  return set_reg (self, id, &value, error);
}

/**
 * kvm_vcpu_get_one_reg_bytes:
 * @self: a vCPU
 * @id: the id of a register of any size
 * @length: (out): the length of the result, which is the size in the id
 * @error: return location for an error
 *
 * Gets a register as bytes (`KVM_GET_ONE_REG`; %KVM_CAPABILITY_ONE_REG). See section 4.69 of
 * api.rst.
 *
 * Fails as [method@Kvm.Vcpu.get_one_reg] does.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_vcpu_get_one_reg_bytes (KvmVcpu *self, guint64 id, gsize *length, GError **error)
{
  g_autofree guint8 *data = NULL;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  data = g_malloc0 (KVMOBJ_REG_SIZE (id)); /* at most 32 KiB */
  if (!get_reg (self, id, data, error))
    return NULL;
  *length = KVMOBJ_REG_SIZE (id);
  return g_steal_pointer (&data);
}

/**
 * kvm_vcpu_set_one_reg_bytes:
 * @self: a vCPU
 * @id: the id of a register of any size
 * @data: (array length=length): its new value, little-endian
 * @length: the number of bytes, which is the size in the id
 * @error: return location for an error
 *
 * Sets a register as bytes (`KVM_SET_ONE_REG`; %KVM_CAPABILITY_ONE_REG). See section 4.68 of
 * api.rst.
 *
 * Fails as [method@Kvm.Vcpu.set_one_reg] does, and with %KVM_ERROR_INVALID if the length is
 * another.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_one_reg_bytes (KvmVcpu *self, guint64 id, const guint8 *data, gsize length,
                            GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length != KVMOBJ_REG_SIZE (id))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The register 0x%016" G_GINT64_MODIFIER "x has %u bytes, not %" G_GSIZE_FORMAT,
                   id, KVMOBJ_REG_SIZE (id), length);
      return FALSE;
    }
  return set_reg (self, id, data, error);
}

/* The kernel says how many ids there are when there is no room for them. The number may grow in
 * between. */
static KvmAbiRegList *
get_reg_list (KvmVcpu *self, GError **error)
{
  g_autofree KvmAbiRegList *list = NULL;
  guint64 n = 0;

  for (;;)
    {
      g_autoptr (GError) local = NULL;

      g_free (list);
      list = n < G_MAXINT ? g_try_malloc0 (sizeof *list + n * sizeof (guint64)) : NULL;
      if (list == NULL)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                       "KVM_GET_REG_LIST: there is no room for %" G_GUINT64_FORMAT " ids", n);
          return NULL;
        }
      list->n = n;
      if (kvm_ioctl (&self->handle, KVM_GET_REG_LIST, list, &local) != -1)
        {
          list->n = MIN (list->n, n);
          return g_steal_pointer (&list);
        }
      if (local->code != KVM_ERROR_TOO_BIG || list->n <= n)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      n = list->n;
    }
}

/**
 * kvm_vcpu_get_reg_list:
 * @self: a vCPU
 * @n_ids: (out): the length of the result
 * @error: return location for an error
 *
 * Gets the ids of the registers that the vCPU has (`KVM_GET_REG_LIST`). Their order and number
 * depend on the host. In JavaScript [method@Kvm.Vcpu.get_reg_list_bytes] has them exactly. See
 * section 4.84 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not
 * initialized yet (arm64), %KVM_ERROR_NO_MEMORY, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (array length=n_ids) (transfer full): the ids
 *
 * Since: 0.1
 */
guint64 *
kvm_vcpu_get_reg_list (KvmVcpu *self, gsize *n_ids, GError **error)
{
  g_autofree KvmAbiRegList *list = NULL;
  guint64 *ids;

  g_return_val_if_fail (n_ids != NULL, NULL);
  *n_ids = 0;
  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  list = get_reg_list (self, error);
  if (list == NULL)
    return NULL;

  /* The ids follow their number, whose place they take. */
  *n_ids = list->n;
  ids = (guint64 *) g_steal_pointer (&list);
  memmove (ids, ids + 1, *n_ids * sizeof *ids);
  return ids;
}

/**
 * kvm_vcpu_get_reg_list_bytes:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Vcpu.get_reg_list] gets as bytes, 8 for each id, little-endian. An id is
 * larger than what a number of JavaScript's holds exactly.
 *
 * Fails as [method@Kvm.Vcpu.get_reg_list] does.
 *
 * Returns: (transfer full): the ids
 *
 * Since: 0.1
 */
GBytes *
kvm_vcpu_get_reg_list_bytes (KvmVcpu *self, GError **error)
{
  g_autofree KvmAbiRegList *list = NULL;

  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  list = get_reg_list (self, error);
  return list != NULL ? g_bytes_new (list->reg, list->n * sizeof *list->reg) : NULL;
}

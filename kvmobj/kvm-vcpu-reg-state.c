/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of a vCPU of arm64 or riscv64, which is in the registers that the kernel lists. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-state-private.h"

#define IS_ARM64 (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64)

enum
{
  REGISTERS,
  EVENTS,
  MP_STATE,
  N_ITEMS
};

/* Events are struct kvm_vcpu_events of arm64, which is as long as that of x86. */
static const KvmStateItem items[] = {
  [REGISTERS] = { "registers", "(atay)", 0, FALSE },
  [EVENTS] = { "events", "ay", sizeof (KvmX86VcpuEvents), TRUE },
  [MP_STATE] = { "mp-state", "u", sizeof (guint32), TRUE },
};

const KvmStateTable _kvm_vcpu_reg_state_table = { items, N_ITEMS };

/* The registers of a state, or of a vCPU: ids, and the values one after the other. */
typedef struct
{
  GVariant *ids_variant;    /* owned */
  GVariant *values_variant; /* owned */
  const guint64 *ids;
  gsize n_ids;
  const guint8 *values;
  gsize size;
} Registers;

static void
registers_clear (Registers *self)
{
  g_clear_pointer (&self->ids_variant, g_variant_unref);
  g_clear_pointer (&self->values_variant, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Registers, registers_clear)

static Registers
registers_from_state (const KvmStateValues *values)
{
  Registers self;

  g_autoptr (GVariant) both = _kvm_state_get_variant (values, REGISTERS);

  self.ids_variant = g_variant_get_child_value (both, 0);
  self.values_variant = g_variant_get_child_value (both, 1);
  self.ids = g_variant_get_fixed_array (self.ids_variant, &self.n_ids, sizeof *self.ids);
  self.values = g_variant_get_fixed_array (self.values_variant, &self.size, 1);
  return self;
}

static gboolean
access_reg (KvmVcpu *self, gboolean set, guint64 id, gconstpointer value, GError **error)
{
  KvmAbiOneReg reg = { .id = id, .addr = (gulong) value };
  int ret = set ? kvm_ioctl (&self->handle, KVM_SET_ONE_REG, &reg, error)
                : kvm_ioctl (&self->handle, KVM_GET_ONE_REG, &reg, error);

  if (ret == -1)
    _kvm_error_add_detail (error, "register 0x%016" G_GINT64_MODIFIER "x", id);
  return ret != -1;
}

static gboolean
has_events (KvmVcpu *self)
{
  return IS_ARM64 && _kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_VCPU_EVENTS) > 0;
}

static gboolean
has_mp_state (KvmVcpu *self)
{
  return _kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_MP_STATE) > 0;
}

static gboolean
save_registers (KvmVcpu *self, KvmStateBuilder *builder, GError **error)
{
  g_autofree guint64 *ids = NULL;
  g_autofree guint8 *values = NULL;
  gsize n_ids, size = 0, offset = 0;

  ids = kvm_vcpu_get_reg_list (self, &n_ids, error);
  if (ids == NULL)
    return FALSE;
  for (gsize i = 0; i < n_ids; i++)
    size += KVMOBJ_REG_SIZE (ids[i]);
  values = g_try_malloc0 (size + 1);
  if (values == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "KVM_GET_ONE_REG: there is no room for %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  for (gsize i = 0; i < n_ids; offset += KVMOBJ_REG_SIZE (ids[i]), i++)
    if (!access_reg (self, FALSE, ids[i], values + offset, error))
      return FALSE;

  _kvm_state_add_variant (
      builder, items[REGISTERS].name,
      g_variant_new ("(@at@ay)",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, ids, n_ids, sizeof *ids),
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, values, size, 1)));
  return TRUE;
}

gboolean
_kvm_vcpu_reg_save_state (KvmVcpu *self, KvmStateBuilder *builder, GError **error)
{
  KvmX86VcpuEvents events;
  guint mp_state;

  if (has_mp_state (self))
    {
      if (!kvm_vcpu_get_raw_mp_state (self, &mp_state, error))
        return FALSE;
      _kvm_state_add_uint32 (builder, items[MP_STATE].name, mp_state);
    }
  if (has_events (self))
    {
      if (kvm_ioctl (&self->handle, KVM_GET_VCPU_EVENTS, &events, error) == -1)
        return FALSE;
      _kvm_state_add (builder, items[EVENTS].name, "ay", &events, sizeof events);
    }
  return save_registers (self, builder, error);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint64 id_a = *(const guint64 *) a, id_b = *(const guint64 *) b;

  return id_a < id_b ? -1 : id_a > id_b;
}

static gboolean
check_registers (KvmVcpu *self, const KvmStateValues *values, GError **error)
{
  g_auto (Registers) registers = registers_from_state (values);
  g_autofree guint64 *here = NULL;
  g_autofree guint64 *sorted = g_memdup2 (registers.ids, registers.n_ids * sizeof *registers.ids);
  gsize n_here, size = 0, position = 0;

  here = kvm_vcpu_get_reg_list (self, &n_here, error);
  if (here == NULL)
    return FALSE;
  qsort (here, n_here, sizeof *here, compare_ids);
  if (sorted != NULL)
    qsort (sorted, registers.n_ids, sizeof *sorted, compare_ids);
  for (gsize i = 0; i < registers.n_ids; i++)
    {
      size += KVMOBJ_REG_SIZE (sorted[i]);
      if (i > 0 && sorted[i] == sorted[i - 1])
        {
          _kvm_state_set_invalid (error, items[REGISTERS].name,
                                  "has the register 0x%016" G_GINT64_MODIFIER "x twice", sorted[i]);
          return FALSE;
        }
      while (position < n_here && here[position] < sorted[i])
        position++;
      if (position == n_here || here[position] != sorted[i])
        {
          _kvm_state_set_unsupported (error, items[REGISTERS].name,
                                      "has the register 0x%016" G_GINT64_MODIFIER
                                      "x, which the vCPU does not have here",
                                      sorted[i]);
          return FALSE;
        }
    }
  if (size != registers.size)
    {
      _kvm_state_set_invalid (error, items[REGISTERS].name,
                              "has %" G_GSIZE_FORMAT " bytes for registers of %" G_GSIZE_FORMAT,
                              registers.size, size);
      return FALSE;
    }
  return TRUE;
}

gboolean
_kvm_vcpu_reg_check_state (KvmVcpu *self, const KvmStateValues *values, GError **error)
{
  return _kvm_state_check_presence (values, EVENTS, has_events (self), error)
         && _kvm_state_check_presence (values, MP_STATE, has_mp_state (self), error)
         && check_registers (self, values, error);
}

/* What the vCPU has decides which registers there are and what they take, and the host may refuse
 * it; so it comes first: features and versions of arm64, extensions of riscv64. */
static gboolean
is_feature (guint64 id)
{
  if (IS_ARM64)
    {
      guint kind = id >> 16 & 0xfff, op0 = id >> 14 & 3, op1 = id >> 11 & 7, crn = id >> 7 & 0xf;

      return kind == 0x14 || kind == 0x16 || (kind == 0x13 && op0 == 3 && op1 == 0 && crn == 0);
    }
  switch (id >> 24 & 0xff)
    {
    case 0x01: /* configuration */
    case 0x07: /* extensions of the instruction set */
    case 0x08: /* of the firmware */
      return TRUE;
    default:
      return FALSE;
    }
}

/* Some cannot be set, though they are what they should be. */
static gboolean
restore_register (KvmVcpu *self, guint64 id, const guint8 *value, KvmStateProgress *progress,
                  GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree guint8 *now = NULL;

  if (access_reg (self, TRUE, id, value, &local))
    {
      progress->is_changed = TRUE;
      return TRUE;
    }
  now = g_malloc0 (KVMOBJ_REG_SIZE (id)); /* at most 32 KiB */
  if (access_reg (self, FALSE, id, now, NULL) && _kvm_state_reg_equal (id, value, now))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
restore_registers (KvmVcpu *self, const KvmStateValues *values, gboolean features,
                   KvmStateProgress *progress, GError **error)
{
  g_auto (Registers) registers = registers_from_state (values);
  gsize offset = 0;

  for (gsize i = 0; i < registers.n_ids; i++)
    {
      guint64 id = registers.ids[i];

      if (is_feature (id) == features
          && !restore_register (self, id, registers.values + offset, progress, error))
        return _kvm_state_finish_item (FALSE, &items[REGISTERS], progress, error);
      offset += KVMOBJ_REG_SIZE (id);
    }
  return TRUE;
}

gboolean
_kvm_vcpu_reg_restore_state (KvmVcpu *self, const KvmStateValues *values,
                             KvmStateProgress *progress, GError **error)
{
  KvmX86VcpuEvents events;

  if (!restore_registers (self, values, TRUE, progress, error)
      || !restore_registers (self, values, FALSE, progress, error))
    return FALSE;
  if (_kvm_state_has (values, EVENTS))
    {
      _kvm_state_copy_bytes (values, EVENTS, &events, sizeof events);
      if (!_kvm_state_finish_item (kvm_ioctl (&self->handle, KVM_SET_VCPU_EVENTS, &events, error)
                                       != -1,
                                   &items[EVENTS], progress, error))
        return FALSE;
    }
  return !_kvm_state_has (values, MP_STATE)
         || _kvm_state_finish_item (
             kvm_vcpu_set_mp_state (self, _kvm_state_get_uint32 (values, MP_STATE), error),
             &items[MP_STATE], progress, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The form of a saved state: what every kind and architecture has in common. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-state-private.h"

#define KEY_KIND "kind"
#define KEY_VERSION "version"
#define KEY_ARCHITECTURE "architecture"
#define KEY_VCPUS "vcpus"

void
_kvm_state_add (GVariantBuilder *builder, const char *name, GVariant *value)
{
  g_variant_builder_add (builder, "{sv}", name, value);
}

GVariant *
_kvm_state_new_array (const char *type, gconstpointer data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, TRUE);
}

void
_kvm_state_add_bytes (GVariantBuilder *builder, const char *name, gconstpointer data, gsize size)
{
  _kvm_state_add (builder, name, _kvm_state_new_array ("ay", data, size));
}

void
_kvm_state_begin (GVariantBuilder *builder, const char *kind)
{
  g_variant_builder_init (builder, G_VARIANT_TYPE_VARDICT);
  _kvm_state_add (builder, KEY_KIND, g_variant_new_string (kind));
  _kvm_state_add (builder, KEY_VERSION, g_variant_new_uint32 (KVMOBJ_STATE_VERSION));
  _kvm_state_add (builder, KEY_ARCHITECTURE, g_variant_new_string (KVMOBJ_HOST_ARCH_NAME));
}

static void G_GNUC_PRINTF (4, 0) set_item_error (GError **error, KvmError code, const char *name,
                                                 const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  g_set_error (error, KVM_ERROR, code, "The item \"%s\" of the state %s", name, text);
}

void
_kvm_state_set_invalid (GError **error, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  set_item_error (error, KVM_ERROR_INVALID, name, format, args);
  va_end (args);
}

void
_kvm_state_set_unsupported (GError **error, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  set_item_error (error, KVM_ERROR_NOT_SUPPORTED, name, format, args);
  va_end (args);
}

/* What says whether the rest can be understood. */
static gboolean
check_head (GVariant *state, const char **kind, const char **architecture, GError **error)
{
  guint32 version;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "This is no state: a %s, and not a dictionary a{sv}",
                 g_variant_get_type_string (state));
  else if (!g_variant_is_normal_form (state))
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "This is no state: the bytes are not in normal form; they are truncated, "
                         "damaged, or of something else");
  else if (!g_variant_lookup (state, KEY_VERSION, "u", &version)
           || !g_variant_lookup (state, KEY_KIND, "&s", kind)
           || !g_variant_lookup (state, KEY_ARCHITECTURE, "&s", architecture))
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "This is no state: it lacks \"" KEY_KIND "\", \"" KEY_VERSION
                         "\" or \"" KEY_ARCHITECTURE "\"");
  else if (version == GUINT32_SWAP_LE_BE (KVMOBJ_STATE_VERSION))
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "The state is big-endian; its bytes have to be swapped where it was made");
  else if (version != KVMOBJ_STATE_VERSION)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                 "The state has the format %u, of which this version of the library knows nothing: "
                 "it knows %u",
                 version, KVMOBJ_STATE_VERSION);
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_head (const char *name)
{
  return g_str_equal (name, KEY_KIND) || g_str_equal (name, KEY_VERSION)
         || g_str_equal (name, KEY_ARCHITECTURE);
}

static gboolean
take_item (KvmStateValues *values, const char *name, GVariant *value, GError **error)
{
  for (guint i = 0; i < values->table->n_items; i++)
    {
      const KvmStateItem *item = &values->table->items[i];

      if (!g_str_equal (name, item->name))
        continue;
      if (values->values[i] != NULL)
        _kvm_state_set_invalid (error, name, "is there twice");
      else if (!g_variant_is_of_type (value, G_VARIANT_TYPE (item->type)))
        _kvm_state_set_invalid (error, name, "is a %s, and not %s",
                                g_variant_get_type_string (value), item->type);
      else if (item->size != 0 && g_variant_n_children (value) != item->size)
        _kvm_state_set_invalid (error, name,
                                "has %" G_GSIZE_FORMAT " bytes, and not %" G_GSIZE_FORMAT,
                                g_variant_n_children (value), item->size);
      else
        {
          values->values[i] = g_variant_ref (value);
          return TRUE;
        }
      return FALSE;
    }

  _kvm_state_set_unsupported (error, name, "is not known to this version of the library");
  return FALSE;
}

gboolean
_kvm_state_parse (GVariant *state, const char *what, const char *kind, const KvmStateTable *table,
                  KvmStateValues *values, GError **error)
{
  const char *found_kind, *architecture, *name;
  guint n_heads = 0;
  GVariantIter iter;
  GVariant *value;

  *values = (KvmStateValues){ .table = table };
  if (!check_head (state, &found_kind, &architecture, error))
    return FALSE;
  if (!g_str_equal (found_kind, kind))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%s: this is the state of a %s, not of a %s", what, found_kind, kind);
      return FALSE;
    }
  if (!g_str_equal (architecture, KVMOBJ_HOST_ARCH_NAME))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                   "%s: the state is of %s, and this host is " KVMOBJ_HOST_ARCH_NAME, what,
                   architecture);
      return FALSE;
    }

  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      gboolean taken = is_head (name);

      if (taken)
        n_heads++;
      else
        taken = take_item (values, name, value, error);
      g_variant_unref (value);
      if (!taken)
        {
          _kvm_state_values_clear (values);
          return FALSE;
        }
    }

  if (n_heads != 3)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "%s: the head of the state is there twice",
                   what);
      _kvm_state_values_clear (values);
      return FALSE;
    }
  for (guint i = 0; i < table->n_items; i++)
    if (values->values[i] == NULL && !table->items[i].is_optional)
      {
        _kvm_state_set_invalid (error, table->items[i].name, "is missing");
        _kvm_state_values_clear (values);
        return FALSE;
      }
  return TRUE;
}

void
_kvm_state_values_clear (KvmStateValues *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->values); i++)
    g_clear_pointer (&self->values[i], g_variant_unref);
}

void
_kvm_state_copy_bytes (const KvmStateValues *self, guint item, gpointer data, gsize size)
{
  g_assert (self->values[item] != NULL && g_variant_get_size (self->values[item]) == size);

  memcpy (data, g_variant_get_data (self->values[item]), size);
}

gboolean
_kvm_state_check_presence (const KvmStateValues *values, guint item, gboolean is_here,
                           GError **error)
{
  const char *name = values->table->items[item].name;

  if (values->values[item] != NULL && !is_here)
    _kvm_state_set_unsupported (error, name, "is of what the kernel does not have here");
  else if (values->values[item] == NULL && is_here)
    _kvm_state_set_invalid (error, name, "is missing, and the kernel has that here");
  else
    return TRUE;
  return FALSE;
}

gboolean
_kvm_state_finish_item (gboolean is_set, const KvmStateItem *item, KvmStateProgress *progress,
                        GError **error)
{
  if (is_set)
    progress->is_changed = TRUE;
  else
    _kvm_error_add_detail (error, "the item \"%s\" of the state", item->name);
  return is_set;
}

/**
 * kvm_state_to_bytes:
 * @state: what [method@Kvm.Vcpu.save_state] or [method@Kvm.Vm.save_state] gave
 *
 * Writes a state down as bytes, which can be kept in a file: the serialized form of the variant,
 * little-endian. See [the manual](state.html).
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_state_to_bytes (GVariant *state)
{
  g_return_val_if_fail (state != NULL, NULL);

  return g_variant_get_data_as_bytes (state);
}

/**
 * kvm_state_from_bytes:
 * @bytes: what [func@Kvm.state_to_bytes] gave, or what somebody says is that
 * @error: return location for an error
 *
 * Makes a state of bytes that need not be trusted. They have to be a dictionary in normal form,
 * with a head that the library knows. Whether the items fit a virtual machine is told by
 * [method@Kvm.Vm.restore_state]; so the state of another architecture can be read here.
 *
 * Fails with %KVM_ERROR_INVALID if they are no state, and with %KVM_ERROR_NOT_SUPPORTED if they are
 * of another version or big-endian.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
GVariant *
kvm_state_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) state = NULL;
  const char *kind, *architecture;

  g_return_val_if_fail (bytes != NULL, NULL);

  state = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  return check_head (state, &kind, &architecture, error) ? g_steal_pointer (&state) : NULL;
}

/* Of arm64 and riscv64: the counters, by the ids of their registers. */
static const guint64 running_registers[] = {
  G_GUINT64_CONSTANT (0x603000000013df1a), /* arm64: the virtual counter */
  G_GUINT64_CONSTANT (0x603000000013df01), /* arm64: the physical counter */
  G_GUINT64_CONSTANT (0x8030000004000001), /* riscv64: the time */
};

static gboolean
registers_equal (GVariant *value, GVariant *other)
{
  g_autoptr (GVariant) ids = g_variant_get_child_value (value, 0);
  g_autoptr (GVariant) other_ids = g_variant_get_child_value (other, 0);
  g_autoptr (GVariant) bytes = g_variant_get_child_value (value, 1);
  g_autoptr (GVariant) other_bytes = g_variant_get_child_value (other, 1);
  const guint8 *data, *other_data;
  const guint64 *id;
  gsize n_ids, size, other_size, offset = 0;

  id = g_variant_get_fixed_array (ids, &n_ids, sizeof *id);
  data = g_variant_get_fixed_array (bytes, &size, 1);
  other_data = g_variant_get_fixed_array (other_bytes, &other_size, 1);
  if (!g_variant_equal (ids, other_ids) || size != other_size)
    return FALSE;

  for (gsize i = 0; i < n_ids; i++)
    {
      gsize length = KVMOBJ_REG_SIZE (id[i]);
      gboolean runs_on = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (running_registers); j++)
        runs_on |= running_registers[j] == id[i];
      if (length > size - offset
          || (!runs_on && memcmp (data + offset, other_data + offset, length) != 0))
        return FALSE;
      offset += length;
    }
  return offset == size;
}

static gboolean
items_equal (const char *name, GVariant *value, GVariant *other)
{
  if (g_variant_equal (value, other))
    return TRUE;
  if (!g_variant_type_equal (g_variant_get_type (value), g_variant_get_type (other)))
    return FALSE;
  if (g_str_equal (name, "registers") && g_variant_is_of_type (value, G_VARIANT_TYPE ("(atay)")))
    return registers_equal (value, other);
  return _kvm_x86_state_item_equal (name, value, other);
}

static void compare_into (GVariant *state, GVariant *other, const char *prefix, GPtrArray *names);

static void
compare_vcpus (GVariant *vcpus, GVariant *others, GPtrArray *names)
{
  g_autoptr (GHashTable) rest
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);
  GHashTableIter rest_iter;
  gpointer rest_id;
  GVariantIter iter;
  GVariant *vcpu;
  guint32 id;

  g_variant_iter_init (&iter, others);
  while (g_variant_iter_next (&iter, "{u@a{sv}}", &id, &vcpu))
    g_hash_table_insert (rest, GUINT_TO_POINTER (id), vcpu);

  g_variant_iter_init (&iter, vcpus);
  while (g_variant_iter_loop (&iter, "{u@a{sv}}", &id, &vcpu))
    {
      g_autofree char *prefix = g_strdup_printf (KEY_VCPUS "/%u", id);
      GVariant *match = g_hash_table_lookup (rest, GUINT_TO_POINTER (id));

      if (match == NULL)
        {
          g_ptr_array_add (names, g_steal_pointer (&prefix));
          continue;
        }
      compare_into (vcpu, match, prefix, names);
      g_hash_table_remove (rest, GUINT_TO_POINTER (id));
    }

  g_hash_table_iter_init (&rest_iter, rest);
  while (g_hash_table_iter_next (&rest_iter, &rest_id, NULL))
    g_ptr_array_add (names, g_strdup_printf (KEY_VCPUS "/%u", GPOINTER_TO_UINT (rest_id)));
}

static void
compare_into (GVariant *state, GVariant *other, const char *prefix, GPtrArray *names)
{
  GVariant *dictionaries[] = { state, other };

  for (guint i = 0; i < G_N_ELEMENTS (dictionaries); i++)
    {
      GVariantIter iter;
      const char *name;
      GVariant *value;

      g_variant_iter_init (&iter, dictionaries[i]);
      while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
        {
          g_autoptr (GVariant) match = g_variant_lookup_value (dictionaries[1 - i], name, NULL);

          if (match != NULL && i == 1)
            continue; /* it was compared already */
          if (match != NULL && g_str_equal (name, KEY_VCPUS)
              && g_variant_is_of_type (value, G_VARIANT_TYPE ("a{ua{sv}}"))
              && g_variant_is_of_type (match, G_VARIANT_TYPE ("a{ua{sv}}")))
            compare_vcpus (value, match, names);
          else if (match == NULL || !items_equal (name, value, match))
            g_ptr_array_add (names, *prefix != '\0' ? g_strconcat (prefix, "/", name, NULL)
                                                    : g_strdup (name));
        }
    }
}

/**
 * kvm_state_compare:
 * @state: a state
 * @other: another one
 *
 * Tells in which items two states differ, such as "vcpus/0/regs". What runs on while a guest is
 * stopped does not count: [the manual](state.html#what-runs-on) lists it.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the items; none if the states
 *   are the same
 *
 * Since: 0.1
 */
char **
kvm_state_compare (GVariant *state, GVariant *other)
{
  GPtrArray *names;

  g_return_val_if_fail (state != NULL && g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT),
                        NULL);
  g_return_val_if_fail (other != NULL && g_variant_is_of_type (other, G_VARIANT_TYPE_VARDICT),
                        NULL);

  names = g_ptr_array_new ();
  compare_into (state, other, "", names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

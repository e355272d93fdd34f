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
_kvm_state_begin (KvmStateBuilder *builder, const char *kind)
{
  _kvm_state_open (builder);
  _kvm_state_add_string (builder, KEY_KIND, kind);
  _kvm_state_add_uint32 (builder, KEY_VERSION, KVMOBJ_STATE_VERSION);
  _kvm_state_add_string (builder, KEY_ARCHITECTURE, KVMOBJ_HOST_ARCH_NAME);
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

/* The bytes of a state that is one as far as GLib can tell. */
gboolean
_kvm_state_unpack (GVariant *state, KvmStateSlice *dictionary, GError **error)
{
  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "This is no state: a %s, and not a dictionary a{sv}",
                 g_variant_get_type_string (state));
  else if (!g_variant_is_normal_form (state))
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "This is no state: the bytes are not in normal form; they are truncated, "
                         "damaged, or of something else");
  else
    {
      *dictionary = (KvmStateSlice){ g_variant_get_data (state), g_variant_get_size (state) };
      return TRUE;
    }
  return FALSE;
}

typedef struct
{
  guint32 version;
  const char *kind;
  const char *architecture;
  guint n; /* how many of these were found */
} Head;

static gboolean
is_of_type (const KvmStateFound *found, const char *type)
{
  return found->type_length == strlen (type) && memcmp (found->type, type, found->type_length) == 0;
}

static const char *
get_string (const KvmStateFound *found)
{
  const KvmStateSlice *value = &found->value;

  return is_of_type (found, "s") && value->size > 0 && value->data[value->size - 1] == '\0'
             ? (const char *) value->data
             : NULL;
}

/* FALSE if it is something else. */
static gboolean
take_head (Head *self, const KvmStateFound *found)
{
  if (g_str_equal (found->name, KEY_KIND))
    self->kind = get_string (found);
  else if (g_str_equal (found->name, KEY_ARCHITECTURE))
    self->architecture = get_string (found);
  else if (!g_str_equal (found->name, KEY_VERSION))
    return FALSE;
  else if (is_of_type (found, "u") && found->value.size == sizeof self->version)
    memcpy (&self->version, found->value.data, sizeof self->version);
  self->n++;
  return TRUE;
}

/* What says whether the rest can be understood. */
static gboolean
check_head (const KvmStateSlice *dictionary, Head *head, GError **error)
{
  KvmStateReader reader;
  KvmStateSlice entry;
  KvmStateFound found;
  gboolean is_whole = _kvm_state_reader_init (&reader, dictionary);

  *head = (Head){ .version = 0 };
  while (is_whole && _kvm_state_reader_next (&reader, &entry))
    {
      is_whole = _kvm_state_read_item (&entry, &found);
      if (is_whole)
        take_head (head, &found);
    }
  if (!is_whole || reader.i != reader.n)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "This is no state: the bytes are damaged");
  else if (head->version == 0 || head->kind == NULL || head->architecture == NULL)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                         "This is no state: it lacks \"" KEY_KIND "\", \"" KEY_VERSION
                         "\" or \"" KEY_ARCHITECTURE "\"");
  else if (head->version == GUINT32_SWAP_LE_BE (KVMOBJ_STATE_VERSION))
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "The state is big-endian; its bytes have to be swapped where it was made");
  else if (head->version != KVMOBJ_STATE_VERSION)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                 "The state has the format %u, of which this version of the library knows nothing: "
                 "it knows %u",
                 head->version, KVMOBJ_STATE_VERSION);
  else
    return TRUE;
  return FALSE;
}

static gboolean
take_item (KvmStateValues *values, const KvmStateFound *found, GError **error)
{
  for (guint i = 0; i < values->table->n_items; i++)
    {
      const KvmStateItem *item = &values->table->items[i];

      if (!g_str_equal (found->name, item->name))
        continue;
      if (_kvm_state_has (values, i))
        _kvm_state_set_invalid (error, item->name, "is there twice");
      else if (!is_of_type (found, item->type))
        _kvm_state_set_invalid (error, item->name, "is a %.*s, and not %s",
                                (int) found->type_length, found->type, item->type);
      else if (item->size != 0 && found->value.size != item->size)
        _kvm_state_set_invalid (error, item->name,
                                "has %" G_GSIZE_FORMAT " bytes, and not %" G_GSIZE_FORMAT,
                                found->value.size, item->size);
      else
        {
          values->values[i] = found->value;
          return TRUE;
        }
      return FALSE;
    }

  _kvm_state_set_unsupported (error, found->name, "is not known to this version of the library");
  return FALSE;
}

gboolean
_kvm_state_parse (const KvmStateSlice *dictionary, const char *what, const char *kind,
                  const KvmStateTable *table, KvmStateValues *values, GError **error)
{
  KvmStateReader reader;
  KvmStateSlice entry;
  KvmStateFound found;
  Head head;

  *values = (KvmStateValues){ .table = table };
  if (!check_head (dictionary, &head, error))
    return FALSE;
  if (!g_str_equal (head.kind, kind))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%s: this is the state of a %s, not of a %s", what, head.kind, kind);
      return FALSE;
    }
  if (!g_str_equal (head.architecture, KVMOBJ_HOST_ARCH_NAME))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                   "%s: the state is of %s, and this host is " KVMOBJ_HOST_ARCH_NAME, what,
                   head.architecture);
      return FALSE;
    }
  if (head.n != 3)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "%s: the head of the state is there twice",
                   what);
      return FALSE;
    }

  _kvm_state_reader_init (&reader, dictionary);
  while (_kvm_state_reader_next (&reader, &entry) && _kvm_state_read_item (&entry, &found))
    if (!take_head (&head, &found) && !take_item (values, &found, error))
      return FALSE;
  for (guint i = 0; i < table->n_items; i++)
    if (!_kvm_state_has (values, i) && !table->items[i].is_optional)
      {
        _kvm_state_set_invalid (error, table->items[i].name, "is missing");
        return FALSE;
      }
  return TRUE;
}

void
_kvm_state_copy_bytes (const KvmStateValues *self, guint item, gpointer data, gsize size)
{
  g_assert (self->values[item].data != NULL && self->values[item].size == size);

  memcpy (data, self->values[item].data, size);
}

guint32
_kvm_state_get_uint32 (const KvmStateValues *self, guint item)
{
  guint32 value;

  _kvm_state_copy_bytes (self, item, &value, sizeof value);
  return value;
}

guint64
_kvm_state_get_uint64 (const KvmStateValues *self, guint item)
{
  guint64 value;

  _kvm_state_copy_bytes (self, item, &value, sizeof value);
  return value;
}

GVariant *
_kvm_state_get_variant (const KvmStateValues *self, guint item)
{
  return g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE (self->table->items[item].type),
                               self->values[item].data, self->values[item].size, TRUE, NULL, NULL));
}

gboolean
_kvm_state_check_presence (const KvmStateValues *values, guint item, gboolean is_here,
                           GError **error)
{
  const char *name = values->table->items[item].name;

  if (_kvm_state_has (values, item) && !is_here)
    _kvm_state_set_unsupported (error, name, "is of what the kernel does not have here");
  else if (!_kvm_state_has (values, item) && is_here)
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
  KvmStateSlice dictionary;
  Head head;

  g_return_val_if_fail (bytes != NULL, NULL);

  state = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  if (!_kvm_state_unpack (state, &dictionary, error) || !check_head (&dictionary, &head, error))
    return NULL;
  return g_steal_pointer (&state);
}

/* Of arm64 and riscv64: the counters, by the ids of their registers. */
static const guint64 running_registers[] = {
  G_GUINT64_CONSTANT (0x603000000013df1a), /* arm64: the virtual counter */
  G_GUINT64_CONSTANT (0x603000000013df01), /* arm64: the physical counter */
  G_GUINT64_CONSTANT (0x8030000004000001), /* riscv64: the time */
};

/* Of arm64: whether there is a GICv3, which Linux since 6.12 writes there at the first run. */
static guint64
get_settled_bits (guint64 id)
{
  switch (id)
    {
    case G_GUINT64_CONSTANT (0x603000000013c009): /* ID_PFR1_EL1 */
      return G_GUINT64_CONSTANT (0xf) << 28;
    case G_GUINT64_CONSTANT (0x603000000013c020): /* ID_AA64PFR0_EL1 */
      return G_GUINT64_CONSTANT (0xf) << 24;
    default:
      return 0;
    }
}

gboolean
_kvm_state_reg_equal (guint64 id, const guint8 *value, const guint8 *other)
{
  guint64 settled = get_settled_bits (id), a, b;

  if (settled == 0)
    return memcmp (value, other, KVMOBJ_REG_SIZE (id)) == 0;
  memcpy (&a, value, sizeof a);
  memcpy (&b, other, sizeof b);
  return ((a ^ b) & ~settled) == 0;
}

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
          || (!runs_on && !_kvm_state_reg_equal (id[i], data + offset, other_data + offset)))
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

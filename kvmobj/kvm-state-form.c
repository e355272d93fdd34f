/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A state is a serialized GVariant, which is written and read in place here: an object for each
 * key, value and entry, as GLib has them, would cost a third of what the kernel's ioctls do. The
 * form is that of the "GVariant Specification": all that is in a dictionary begins at multiples of
 * 8, and behind it stands where things end. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-state-private.h"

#define FIRST_ALLOCATED 8192

/* How many bytes each number has that says where something ends. */
static gsize
get_offset_size (gsize size)
{
  return size <= G_MAXUINT8 ? 1 : size <= G_MAXUINT16 ? 2 : size <= G_MAXUINT32 ? 4 : 8;
}

/* The same where @n of them are to stand behind so many bytes. */
static gsize
choose_offset_size (gsize size, gsize n)
{
  gsize chosen = 1;

  while (chosen < 8 && get_offset_size (size + n * chosen) > chosen)
    chosen *= 2;
  return chosen;
}

/* So many zeros at the end; NULL if there is no room. */
static guint8 *
grow (KvmStateBuilder *self, gsize size)
{
  guint8 *end;

  if (self->is_full || size > G_MAXINT32 - self->size)
    self->is_full = TRUE;
  else if (size > self->allocated - self->size)
    {
      gsize wanted = MAX (self->size + size, MAX (2 * self->allocated, FIRST_ALLOCATED));
      guint8 *data = g_try_realloc (self->data, wanted);

      if (data == NULL)
        self->is_full = TRUE;
      else
        {
          self->data = data;
          self->allocated = wanted;
        }
    }
  if (self->is_full)
    return NULL;

  end = self->data + self->size;
  if (size > 0) /* nothing is there yet when nothing is added */
    memset (end, 0, size);
  self->size += size;
  return end;
}

static void
align (KvmStateBuilder *self)
{
  gsize missing = -self->size & 7;

  if (missing > 0)
    grow (self, missing);
}

static void
append (KvmStateBuilder *self, gconstpointer data, gsize size)
{
  guint8 *end = size > 0 ? grow (self, size) : NULL;

  if (end != NULL)
    memcpy (end, data, size);
}

static void
append_offset (KvmStateBuilder *self, guint64 offset, gsize size)
{
  offset = GUINT64_TO_LE (offset);
  append (self, &offset, size);
}

void
_kvm_state_builder_init (KvmStateBuilder *self)
{
  *self = (KvmStateBuilder){ .ends = g_array_new (FALSE, FALSE, sizeof (gsize)) };
}

void
_kvm_state_builder_clear (KvmStateBuilder *self)
{
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->ends, g_array_unref);
}

GVariant *
_kvm_state_builder_end (KvmStateBuilder *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_assert (self->depth == 0);

  if (self->is_full)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                           "There is no memory for the state");
      return NULL;
    }
  bytes = g_bytes_new_take (g_realloc (self->data, self->size), self->size);
  self->data = NULL;
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, TRUE));
}

void
_kvm_state_open (KvmStateBuilder *self)
{
  g_assert (self->depth < G_N_ELEMENTS (self->levels));

  align (self);
  self->levels[self->depth].begin = self->size;
  self->levels[self->depth].n_ends = self->ends->len;
  self->depth++;
}

void
_kvm_state_close (KvmStateBuilder *self)
{
  gsize begin = self->levels[--self->depth].begin, size;
  guint first = self->levels[self->depth].n_ends;

  size = choose_offset_size (self->size - begin, self->ends->len - first);
  for (guint i = first; i < self->ends->len; i++)
    append_offset (self, g_array_index (self->ends, gsize, i) - begin, size);
  g_array_set_size (self->ends, first);
}

void
_kvm_state_open_item (KvmStateBuilder *self, const char *name)
{
  gsize size = strlen (name) + 1;

  align (self);
  self->levels[self->depth - 1].entry = self->size;
  self->levels[self->depth - 1].key_size = size;
  append (self, name, size);
  align (self);
}

void
_kvm_state_close_item (KvmStateBuilder *self, const char *type)
{
  gsize entry = self->levels[self->depth - 1].entry;

  append (self, "", 1);
  append (self, type, strlen (type));
  append_offset (self, self->levels[self->depth - 1].key_size,
                 choose_offset_size (self->size - entry, 1));
  g_array_append_val (self->ends, self->size);
}

void
_kvm_state_open_numbered (KvmStateBuilder *self, guint32 number)
{
  align (self);
  append (self, &number, sizeof number);
}

void
_kvm_state_close_numbered (KvmStateBuilder *self)
{
  g_array_append_val (self->ends, self->size);
}

gpointer
_kvm_state_reserve (KvmStateBuilder *self, const char *name, const char *type, gsize size,
                    GError **error)
{
  gsize at;

  _kvm_state_open_item (self, name);
  at = self->size;
  grow (self, size);
  _kvm_state_close_item (self, type);
  if (!self->is_full)
    return self->data + at;

  g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
               "The item \"%s\" of the state: there is no room for %" G_GSIZE_FORMAT " bytes", name,
               size);
  return NULL;
}

void
_kvm_state_add (KvmStateBuilder *self, const char *name, const char *type, gconstpointer data,
                gsize size)
{
  _kvm_state_open_item (self, name);
  append (self, data, size);
  _kvm_state_close_item (self, type);
}

void
_kvm_state_add_string (KvmStateBuilder *self, const char *name, const char *value)
{
  _kvm_state_add (self, name, "s", value, strlen (value) + 1);
}

void
_kvm_state_add_uint32 (KvmStateBuilder *self, const char *name, guint32 value)
{
  _kvm_state_add (self, name, "u", &value, sizeof value);
}

void
_kvm_state_add_variant (KvmStateBuilder *self, const char *name, GVariant *value)
{
  g_variant_ref_sink (value);
  _kvm_state_add (self, name, g_variant_get_type_string (value), g_variant_get_data (value),
                  g_variant_get_size (value));
  g_variant_unref (value);
}

static gsize
read_offset (const guint8 *at, gsize size)
{
  guint64 offset = 0;

  memcpy (&offset, at, size);
  return GUINT64_FROM_LE (offset);
}

static gsize
align_offset (gsize offset)
{
  return (offset + 7) & ~(gsize) 7;
}

/* Where the offsets begin that stand at the end; FALSE if they are none. */
static gboolean
find_offsets (const KvmStateSlice *slice, gsize *offset_size, gsize *last)
{
  *offset_size = get_offset_size (slice->size);
  if (slice->size < *offset_size)
    return FALSE;
  *last = read_offset (slice->data + slice->size - *offset_size, *offset_size);
  return *last <= slice->size - *offset_size;
}

gboolean
_kvm_state_reader_init (KvmStateReader *self, const KvmStateSlice *array)
{
  gsize last;

  *self = (KvmStateReader){ .array = *array };
  if (array->size == 0)
    return TRUE;
  if (!find_offsets (array, &self->offset_size, &last)
      || (array->size - last) % self->offset_size != 0)
    return FALSE;
  self->offsets = last;
  self->n = (array->size - last) / self->offset_size;
  return TRUE;
}

gboolean
_kvm_state_reader_next (KvmStateReader *self, KvmStateSlice *entry)
{
  gsize begin = align_offset (self->end), end;

  if (self->i == self->n)
    return FALSE;
  end = read_offset (self->array.data + self->offsets + self->i * self->offset_size,
                     self->offset_size);
  if (begin >= end || end > self->offsets)
    return FALSE; /* and there are more: it is damaged */
  *entry = (KvmStateSlice){ self->array.data + begin, end - begin };
  self->end = end;
  self->i++;
  return TRUE;
}

gboolean
_kvm_state_read_item (const KvmStateSlice *entry, KvmStateFound *found)
{
  gsize offset_size, key_size, begin, end;

  if (!find_offsets (entry, &offset_size, &key_size) || key_size == 0
      || memchr (entry->data, '\0', key_size) != entry->data + key_size - 1)
    return FALSE;
  begin = align_offset (key_size);
  end = entry->size - offset_size;
  for (gsize at = end; at-- > begin;)
    if (entry->data[at] == '\0')
      {
        found->name = (const char *) entry->data;
        found->type = (const char *) entry->data + at + 1;
        found->type_length = end - at - 1;
        found->value = (KvmStateSlice){ entry->data + begin, at - begin };
        return TRUE;
      }
  return FALSE;
}

gboolean
_kvm_state_read_numbered (const KvmStateSlice *entry, guint32 *number, KvmStateSlice *dictionary)
{
  if (entry->size < 8)
    return FALSE;
  memcpy (number, entry->data, sizeof *number);
  *dictionary = (KvmStateSlice){ entry->data + 8, entry->size - 8 };
  return TRUE;
}

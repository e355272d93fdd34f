/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A kernel's image, and where in a guest there is room for it and what comes with it. */

#include "config.h"

#include <unistd.h>

#include "kvm-boot-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-vm-memory.h"

static KvmBootRange *
get_range (GArray *ranges, guint i)
{
  return &g_array_index (ranges, KvmBootRange, i);
}

guint16
_kvm_boot_get_16 (const KvmBoot *boot, gsize offset)
{
  return boot->kernel[offset] | boot->kernel[offset + 1] << 8;
}

guint32
_kvm_boot_get_32 (const KvmBoot *boot, gsize offset)
{
  return _kvm_boot_get_16 (boot, offset) | (guint32) _kvm_boot_get_16 (boot, offset + 2) << 16;
}

guint64
_kvm_boot_get_64 (const KvmBoot *boot, gsize offset)
{
  return _kvm_boot_get_32 (boot, offset) | (guint64) _kvm_boot_get_32 (boot, offset + 4) << 32;
}

void
_kvm_boot_set_error (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The kernel's %s", text);
}

gboolean
_kvm_boot_find_memory (KvmBoot *boot, GError **error)
{
  boot->ram = g_array_new (FALSE, FALSE, sizeof (KvmBootRange));
  boot->free = g_array_new (FALSE, FALSE, sizeof (KvmBootRange));
  if (_kvm_vm_lock (boot->vm))
    {
      for (guint i = 0; boot->vm->slots != NULL && i < boot->vm->slots->len; i++)
        {
          KvmSlot *slot = g_ptr_array_index (boot->vm->slots, i);
          KvmBootRange range = { slot->guest_address, slot->guest_address + slot->length };

          if (slot->address_space != 0 || (slot->flags & KVM_MEMORY_SLOT_FLAGS_READ_ONLY) != 0)
            continue;
          if (range.end == 0) /* the address space's last page is left alone */
            range.end -= sysconf (_SC_PAGESIZE);
          if (boot->ram->len != 0 && get_range (boot->ram, boot->ram->len - 1)->end == range.start)
            get_range (boot->ram, boot->ram->len - 1)->end = range.end;
          else
            g_array_append_val (boot->ram, range);
        }
      g_mutex_unlock (&boot->vm->lock);
    }
  if (boot->ram->len == 0)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_SPACE,
                           "The virtual machine has no memory for a kernel: call "
                           "kvm_vm_add_memory () first");
      return FALSE;
    }
  g_array_append_vals (boot->free, boot->ram->data, boot->ram->len);
  return TRUE;
}

/* In an error a reader wants to know how much there is. */
static gboolean
set_no_room (KvmBoot *boot, const char *what, guint64 length, guint64 min, guint64 max,
             GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < boot->ram->len; i++)
    total += get_range (boot->ram, i)->end - get_range (boot->ram, i)->start;
  g_set_error (error, KVM_ERROR, KVM_ERROR_NO_SPACE,
               "There is no room for the %s, 0x%" G_GINT64_MODIFIER
               "x bytes, between the guest addresses 0x%" G_GINT64_MODIFIER
               "x and 0x%" G_GINT64_MODIFIER "x: the virtual machine has %" G_GUINT64_FORMAT
               " KiB of memory",
               what, length, min, max, total / KIB);
  return FALSE;
}

/* Takes a part of the free range @i. */
static void
carve (KvmBoot *boot, guint i, guint64 address, guint64 length)
{
  KvmBootRange *range = get_range (boot->free, i);
  KvmBootRange above = { address + length, range->end };

  range->end = address;
  g_array_insert_val (boot->free, i + 1, above);
}

gboolean
_kvm_boot_take (KvmBoot *boot, const char *what, guint64 address, guint64 length, GError **error)
{
  for (guint i = 0; i < boot->free->len; i++)
    {
      KvmBootRange range = *get_range (boot->free, i);

      if (address >= range.start && address <= range.end && length <= range.end - address)
        {
          carve (boot, i, address, length);
          return TRUE;
        }
    }
  return set_no_room (boot, what, length, address,
                      length <= G_MAXUINT64 - address ? address + length : G_MAXUINT64, error);
}

gboolean
_kvm_boot_take_lowest (KvmBoot *boot, const char *what, guint64 length, guint64 alignment,
                       guint64 min, guint64 max, guint64 *address, GError **error)
{
  for (guint i = 0; i < boot->free->len; i++)
    {
      KvmBootRange range = *get_range (boot->free, i);
      guint64 start = MAX (range.start, min), end = MIN (range.end, max);
      guint64 padding = (alignment - start % alignment) % alignment;

      if (start <= end && padding <= end - start && length <= end - start - padding)
        {
          *address = start + padding;
          carve (boot, i, *address, length);
          return TRUE;
        }
    }
  return set_no_room (boot, what, length, min, max, error);
}

gboolean
_kvm_boot_take_initrd (KvmBoot *boot, guint64 min, guint64 max, GError **error)
{
  if (boot->initrd == NULL)
    return TRUE;
  boot->layout.initrd_length = g_bytes_get_size (boot->initrd);
  return _kvm_boot_take_lowest (boot, "initial RAM disk", boot->layout.initrd_length,
                                sysconf (_SC_PAGESIZE), min, max, &boot->layout.initrd_address,
                                error);
}

gboolean
_kvm_boot_write (KvmBoot *boot, guint64 address, gconstpointer data, gsize length, GError **error)
{
  return kvm_vm_write_memory (boot->vm, address, data, length, error);
}

gboolean
_kvm_boot_clear (KvmBoot *boot, guint64 address, guint64 length, GError **error)
{
  static const guint8 zeros[64 * KIB];

  while (length != 0)
    {
      gsize part = MIN (length, sizeof zeros);

      if (!_kvm_boot_write (boot, address, zeros, part, error))
        return FALSE;
      address += part;
      length -= part;
    }
  return TRUE;
}

gboolean
_kvm_boot_write_initrd (KvmBoot *boot, GError **error)
{
  return boot->initrd == NULL
         || _kvm_boot_write (boot, boot->layout.initrd_address,
                             g_bytes_get_data (boot->initrd, NULL), boot->layout.initrd_length,
                             error);
}

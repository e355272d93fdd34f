/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fewest tables of ACPI 1.0 with which Linux finds virtio devices and can power off. */

#include "acpi.h"

#include <string.h>

#define BEGIN 0xe0000 /* where the root pointer is searched for */
#define FACS (BEGIN + 0x40)
#define TABLES (BEGIN + 0x80)
#define ROOT_POINTER_SIZE 20
#define HEADER_SIZE 36
#define FADT_SIZE 116
#define FACS_SIZE 64
#define SCI 9

/* Appends numbers, the lowest byte first. */
static void
add (GByteArray *array, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
    g_byte_array_append (array, &(guint8){ value >> 8 * i }, 1);
}

static void
add_text (GByteArray *array, const char *text)
{
  g_byte_array_append (array, (const guint8 *) text, strlen (text));
}

static void
put (GByteArray *array, guint offset, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
    array->data[offset + i] = value >> 8 * i;
}

static void
add_zeros (GByteArray *array, guint length)
{
  guint old = array->len;

  g_byte_array_set_size (array, old + length);
  memset (array->data + old, 0, length);
}

/* So that the bytes from @start on, @length of them, have the sum 0. */
static void
set_checksum (GByteArray *array, guint start, guint length, guint offset)
{
  guint8 sum = 0;

  for (guint i = 0; i < length; i++)
    sum += array->data[start + i];
  array->data[start + offset] -= sum;
}

static guint
begin_table (GByteArray *array, const char *signature, guint8 revision)
{
  guint start = array->len;

  add_text (array, signature);
  add (array, 0, 4); /* the length, later */
  add (array, revision, 1);
  add (array, 0, 1);                  /* the checksum, later */
  add_text (array, "KVMOBJEXAMPLES"); /* who has made it */
  add (array, 1, 4);
  add_text (array, "KOBJ");
  add (array, 1, 4);
  return start;
}

static void
end_table (GByteArray *array, guint start)
{
  put (array, start + 4, array->len - start, 4);
  set_checksum (array, start, array->len - start, 9);
}

/* AML: a device that the driver virtio_mmio knows by its name. */
static void
add_device (GByteArray *array, guint i, guint32 address, guint32 size, guint32 gsi)
{
  static const char name[] = { 'V', 'I', 'O' };
  guint start;

  add (array, 0x825b, 2); /* Device */
  start = array->len;
  add (array, 0x40, 2); /* its length, of two bytes, later */
  g_byte_array_append (array, (const guint8 *) name, sizeof name);
  add (array, '0' + i, 1);
  add (array, 0x08, 1); /* Name (_HID, "LNRO0005") */
  add_text (array, "_HID\x0dLNRO0005");
  add (array, 0, 1);
  add (array, 0x08, 1); /* Name (_UID, i) */
  add_text (array, "_UID\x0a");
  add (array, i, 1);
  add (array, 0x08, 1); /* Name (_CRS, Buffer (23) { … }) */
  add_text (array, "_CRS\x11\x1a\x0a\x17");
  add (array, 0x01000986, 4); /* Memory32Fixed (ReadWrite, …) */
  add (array, address, 4);
  add (array, size, 4);
  add (array, G_GUINT64_CONSTANT (0x0103000689),
       5); /* Interrupt (ResourceConsumer, Edge, ActiveHigh) */
  add (array, gsi, 4);
  add (array, 0x0079, 2); /* the end */
  put (array, start, 0x40 | ((array->len - start) & 0xf) | (array->len - start) >> 4 << 8, 2);
}

static void
add_dsdt (GByteArray *array, guint n_devices, guint64 address, guint64 size, guint gsi)
{
  guint start = begin_table (array, "DSDT", 1), scope;

  add (array, 0x08, 1); /* Name (_S5, Package () { 0, 0 }): how to power off */
  add_text (array, "_S5_\x12\x04\x02");
  add (array, 0, 2);
  add (array, 0x10, 1); /* Scope (\_SB) */
  scope = array->len;
  add (array, 0x40, 2);
  add_text (array, "\\_SB_");
  for (guint i = 0; i < n_devices; i++)
    add_device (array, i, address + i * size, size, gsi + i);
  put (array, scope, 0x40 | ((array->len - scope) & 0xf) | (array->len - scope) >> 4 << 8, 2);
  end_table (array, start);
}

static void
add_fadt (GByteArray *array, guint32 dsdt)
{
  guint start = begin_table (array, "FACP", 1);

  add_zeros (array, FADT_SIZE - HEADER_SIZE);
  put (array, start + 36, FACS, 4);
  put (array, start + 40, dsdt, 4);
  put (array, start + 46, SCI, 2);
  put (array, start + 56, ACPI_PM_EVENT_PORT, 4);
  put (array, start + 64, ACPI_PM_CONTROL_PORT, 4);
  put (array, start + 88, 4, 1); /* their lengths */
  put (array, start + 89, 2, 1);
  put (array, start + 96, 0xffff, 2); /* no sleep of processors */
  put (array, start + 98, 0xffff, 2);
  put (array, start + 112, 0x71, 4); /* WBINVD works; no buttons, and no alarm of the clock */
  end_table (array, start);
}

static void
add_madt (GByteArray *array)
{
  guint start = begin_table (array, "APIC", 1);

  add (array, 0xfee00000, 4);
  add (array, 1, 4);      /* there are the old controllers, too */
  add (array, 0x0800, 4); /* a processor, 0 */
  add (array, 1, 4);
  add (array, 0x0c01, 4); /* an I/O APIC, 0, for the interrupts from 0 on */
  add (array, 0xfec00000, 4);
  add (array, 0, 4);
  end_table (array, start);
}

gboolean
acpi_write_tables (KvmVm *vm, guint n_devices, guint64 address, guint64 size, guint gsi,
                   GError **error)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  guint32 tables[2];
  guint dsdt, root;

  add_text (array, "RSD PTR ");
  add_zeros (array, TABLES - BEGIN - array->len);
  memcpy (array->data + FACS - BEGIN, "FACS", 4);
  put (array, FACS - BEGIN + 4, FACS_SIZE, 4);
  dsdt = BEGIN + array->len;
  add_dsdt (array, n_devices, address, size, gsi);
  tables[0] = BEGIN + array->len;
  add_fadt (array, dsdt);
  tables[1] = BEGIN + array->len;
  add_madt (array);
  root = array->len;
  begin_table (array, "RSDT", 1);
  add (array, tables[0], 4);
  add (array, tables[1], 4);
  end_table (array, root);

  put (array, 16, BEGIN + root, 4);
  set_checksum (array, 0, ROOT_POINTER_SIZE, 8);
  return kvm_vm_write_memory (vm, BEGIN, array->data, array->len, error);
}

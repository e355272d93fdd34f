/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-gdb-packet-private.h"

#define ESCAPE '}'
#define ESCAPED(byte) ((byte) ^ 0x20)

static guint8
checksum (const char *data, gsize size)
{
  guint8 sum = 0;

  for (gsize i = 0; i < size; i++)
    sum += data[i];
  return sum;
}

static KvmGdbInput
next_packet (const char *data, gsize size, gsize *used, GString *packet)
{
  const char *end = memchr (data, '#', size);
  gsize length = end != NULL ? (gsize) (end - data) : size;
  guint8 sum;

  if (length > KVM_GDB_PACKET_SIZE)
    return KVM_GDB_INPUT_GARBAGE;
  if (end == NULL || size - length < 3)
    return KVM_GDB_INPUT_PART;

  *used = length + 3;
  if (!_kvm_gdb_parse_hex ((const char[]){ end[1], end[2], '\0' }, &sum, 1)
      || sum != checksum (data, length))
    return KVM_GDB_INPUT_DAMAGED;
  g_string_truncate (packet, 0);
  for (gsize i = 0; i < length; i++)
    if (data[i] == ESCAPE && i + 1 < length)
      g_string_append_c (packet, ESCAPED (data[++i]));
    else
      g_string_append_c (packet, data[i]);
  return KVM_GDB_INPUT_PACKET;
}

KvmGdbInput
_kvm_gdb_input_next (const guint8 *data, gsize size, gsize *used, GString *packet)
{
  KvmGdbInput input;

  *used = 1;
  if (size == 0)
    return KVM_GDB_INPUT_PART;
  switch (data[0])
    {
    case '+':
      return KVM_GDB_INPUT_ACK;
    case '-':
      return KVM_GDB_INPUT_NACK;
    case 0x03:
      return KVM_GDB_INPUT_INTERRUPT;
    case '$':
      input = next_packet ((const char *) data + 1, size - 1, used, packet);
      ++*used;
      return input;
    default:
      return KVM_GDB_INPUT_GARBAGE;
    }
}

void
_kvm_gdb_append_packet (GString *output, const GString *packet)
{
  gsize start = output->len + 1;

  g_string_append_c (output, '$');
  for (gsize i = 0; i < packet->len; i++)
    {
      char byte = packet->str[i];

      if (byte == '$' || byte == '#' || byte == ESCAPE || byte == '*')
        {
          g_string_append_c (output, ESCAPE);
          byte = ESCAPED (byte);
        }
      g_string_append_c (output, byte);
    }
  g_string_append_printf (output, "#%02x", checksum (output->str + start, output->len - start));
}

void
_kvm_gdb_append_hex (GString *string, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (string, "%02x", bytes[i]);
}

gboolean
_kvm_gdb_parse_hex (const char *text, guint8 *data, gsize size)
{
  if (strlen (text) != 2 * size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high == -1 || low == -1)
        return FALSE;
      data[i] = high << 4 | low;
    }
  return TRUE;
}

gboolean
_kvm_gdb_take_number (const char **text, char separator, guint64 *number)
{
  const char *at = *text;

  *number = 0;
  for (; g_ascii_isxdigit (*at) && at - *text < 16; at++)
    *number = *number << 4 | g_ascii_xdigit_value (*at);
  if (at == *text || (separator != '\0' && *at != separator))
    return FALSE;
  *text = at + (separator != '\0');
  return TRUE;
}

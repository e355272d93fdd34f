/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-io-device.h"

G_BEGIN_DECLS

/* The devices of a PC have registers of one byte. A wider access is one to each of the registers
 * that it covers, the lowest first, as on the machine's own bus. */

static inline guint64
_kvm_io_read_bytes (gpointer self, guint64 offset, guint size,
                    guint8 (*read_byte) (gpointer self, guint64 offset))
{
  guint64 value = 0;

  for (guint i = 0; i < size; i++)
    value |= (guint64) read_byte (self, offset + i) << 8 * i;
  return value;
}

/* Returns whether any of the bytes is to stop the guest. */
static inline gboolean
_kvm_io_write_bytes (gpointer self, guint64 offset, guint size, guint64 value,
                     gboolean (*write_byte) (gpointer self, guint64 offset, guint8 byte))
{
  gboolean stop = FALSE;

  for (guint i = 0; i < size; i++)
    stop |= write_byte (self, offset + i, value >> 8 * i & 0xff);
  return stop;
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The framing of GDB's remote protocol: what stands between $ and #, and what comes besides. */

/* What a packet holds at most. */
#define KVM_GDB_PACKET_SIZE 0x4000

/* What is read of a client that does not wait for its answers. */
#define KVM_GDB_INPUT_SIZE (2 * KVM_GDB_PACKET_SIZE)

/* What a client's bytes begin with. */
typedef enum
{
  KVM_GDB_INPUT_PART,      /* of something; more has to come */
  KVM_GDB_INPUT_PACKET,    /* a packet */
  KVM_GDB_INPUT_DAMAGED,   /* a packet with another checksum */
  KVM_GDB_INPUT_ACK,       /* the last packet has arrived there */
  KVM_GDB_INPUT_NACK,      /* it has not */
  KVM_GDB_INPUT_INTERRUPT, /* the guest is to be stopped */
  KVM_GDB_INPUT_GARBAGE,   /* nothing of this protocol's */
} KvmGdbInput;

/* Looks at the beginning of @data: @used are the bytes that it takes, and @packet, without what
 * escapes bytes in it, what a packet holds. */
KvmGdbInput _kvm_gdb_input_next (const guint8 *data, gsize size, gsize *used, GString *packet);

/* Appends a packet to @output. */
void _kvm_gdb_append_packet (GString *output, const GString *packet);

/* Bytes as hexadecimal digits, and back: FALSE if it is not exactly @size bytes. */
void _kvm_gdb_append_hex (GString *string, gconstpointer data, gsize size);
gboolean _kvm_gdb_parse_hex (const char *text, guint8 *data, gsize size);

/* Takes a number off a text, and then @separator, unless that is 0. */
gboolean _kvm_gdb_take_number (const char **text, char separator, guint64 *number);

G_END_DECLS

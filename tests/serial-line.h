/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A serial port, and the other end of its line. */

#include "kvm-test.h"

#include <string.h>
#include <sys/socket.h>

static inline guint8
get (gpointer device, guint64 offset)
{
  return kvm_io_device_read (device, offset, 1);
}

static inline void
put (gpointer device, guint64 offset, guint8 value)
{
  g_assert_false (kvm_io_device_write (device, offset, 1, value));
}

/* A port and the other end of its line, which does not block. */
typedef struct
{
  KvmSerial *serial;
  GSocket *peer;
} Line;

static inline GSocket *
make_socket (int fd)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static inline Line *
line_new (void)
{
  Line *self = g_new (Line, 1);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  socket = make_socket (fds[0]);
  self->peer = make_socket (fds[1]);
  connection = g_socket_connection_factory_create_connection (socket);
  self->serial = kvm_serial_new (G_IO_STREAM (connection));
  g_assert_true (kvm_serial_get_stream (self->serial) == G_IO_STREAM (connection));
  return self;
}

static inline void
line_free (Line *self)
{
  g_clear_object (&self->serial);
  g_clear_object (&self->peer);
  g_free (self);
  /* What was begun and is cancelled ends in the main context. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static inline void
line_send (Line *self, const char *bytes, gsize n)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_socket_send (self->peer, bytes, n, NULL, &error), ==, n);
  g_assert_no_error (error);
}

/* How many bytes there are to be had now. */
static inline gsize
line_receive (Line *self, guint8 *buffer, gsize size)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (self->peer, (char *) buffer, size, NULL, &error);

  if (n == -1)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  return MAX (n, 0);
}

static inline void
line_receive_all (Line *self, guint8 *buffer, gsize size)
{
  for (gsize n = 0; n < size;)
    {
      gsize n_new = line_receive (self, buffer + n, size - n);

      n += n_new;
      if (n_new == 0)
        g_main_context_iteration (NULL, TRUE);
    }
}

static inline void
wait_for_input (KvmSerial *self)
{
  while ((get (self, 5) & 0x01) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static inline void
on_interrupt (KvmSerial *serial, gboolean level, gpointer user_data)
{
  g_string_append_c (user_data, level ? '1' : '0');
}

static inline void
assert_levels (GString *levels, const char *expected)
{
  g_assert_cmpstr (levels->str, ==, expected);
  g_string_truncate (levels, 0);
}

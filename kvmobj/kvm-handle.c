/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-handle-private.h"

void
_kvm_handle_init (KvmHandle *self, KvmHandleKind kind)
{
  *self = (KvmHandle){ .kind = kind, .fd = -1, .dead_fd = -1 };
}

/* With G_MESSAGES_DEBUG=kvmobj, which is looked at once: else it would cost more than the rest. */
static void
note (KvmHandle *self, const char *event)
{
  static gsize answer;

  if (g_once_init_enter (&answer))
    {
      gboolean is_dropped = g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);

      g_once_init_leave (&answer, is_dropped ? 1 : 2);
    }
  if (answer == 2)
    {
      g_autofree char *name = _kvm_handle_describe (self);

      g_debug ("%s: %s, file descriptor %d", name, event, self->fd);
    }
}

gboolean
_kvm_handle_open_root (KvmHandle *self, int fd, GError **error)
{
  /* Any file that KVM is not behind would do; this one needs no path and no /proc. */
  self->dead_fd = eventfd (0, EFD_CLOEXEC);
  if (self->dead_fd == -1)
    {
      _kvm_error_set_errno (error, errno, "eventfd ()");
      return FALSE;
    }
  _kvm_handle_open (self, fd, 0, NULL);
  return TRUE;
}

void
_kvm_handle_open (KvmHandle *self, int fd, guint64 id, KvmHandle *parent)
{
  _kvm_fork_watch ();
  self->fd = fd;
  self->id = id;
  self->parent = parent;
  g_atomic_int_set (&self->generation, _kvm_fork_generation);
  note (self, "opened");
}

gboolean
_kvm_handle_close (KvmHandle *self)
{
  KvmHandle *system = self;
  guint generation = g_atomic_int_get (&self->generation);

  if (generation == 0 || !g_atomic_int_compare_and_exchange (&self->generation, generation, 0))
    return FALSE;

  while (system->parent != NULL)
    system = system->parent;
  while (dup3 (system->dead_fd, self->fd, O_CLOEXEC) == -1 && (errno == EINTR || errno == EBUSY))
    ;
  note (self, "closed");
  return TRUE;
}

void
_kvm_handle_clear (KvmHandle *self)
{
  g_atomic_int_set (&self->generation, 0);
  if (self->fd != -1)
    {
      note (self, "freed");
      close (self->fd);
    }
  if (self->dead_fd != -1)
    close (self->dead_fd);
  self->fd = self->dead_fd = -1;
}

void
_kvm_handle_set_unusable_error (KvmHandle *self, const char *what, GError **error)
{
  g_autofree char *name = _kvm_handle_describe (self);

  if (self->fd == -1)
    g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED, "%s on %s: it was never opened", what, name);
  else if (g_atomic_int_get (&self->generation) == 0)
    g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED, "%s on %s: it is closed", what, name);
  else if (_kvm_handle_is_unusable (self))
    g_set_error (error, KVM_ERROR, KVM_ERROR_UNUSABLE,
                 "%s on %s: restoring its state failed half-way; restore one that the host takes",
                 what, name);
  else
    g_set_error (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                 "%s on %s: it belongs to the process that this one was forked from", what, name);
}

int
_kvm_handle_dup_fd (KvmHandle *self, GError **error)
{
  int fd;

  if (!_kvm_handle_check (self, "dup_fd ()", error))
    return -1;

  _kvm_handle_set_lent (self);
  fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 3);
  if (fd == -1)
    {
      int errsv = errno;
      g_autofree char *name = _kvm_handle_describe (self);

      _kvm_error_set_errno (error, errsv, "F_DUPFD_CLOEXEC on %s", name);
    }
  return fd;
}

char *
_kvm_handle_describe (KvmHandle *self)
{
  switch (self->kind)
    {
    case KVM_HANDLE_SYSTEM:
      return g_strdup ("/dev/kvm");
    case KVM_HANDLE_VM:
      return g_strdup ("VM");
    case KVM_HANDLE_VCPU:
      return g_strdup_printf ("vCPU %" G_GUINT64_FORMAT, self->id);
    case KVM_HANDLE_DEVICE:
      return g_strdup_printf ("device of type %" G_GUINT64_FORMAT, self->id);
    case KVM_HANDLE_STATS:
      if (self->parent != NULL)
        {
          g_autofree char *parent = _kvm_handle_describe (self->parent);

          return g_strconcat ("statistics of ", parent, NULL);
        }
      return g_strdup ("statistics");
    default:
      g_return_val_if_reached (NULL);
    }
}

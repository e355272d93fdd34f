/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-eventfd-private.h"
#include "kvm-ioctl-private.h"

struct _KvmEventfdTable
{
  gatomicrefcount ref_count;
  guint generation;    /* _kvm_fork_generation of the process that made it */
  GMutex lock;         /* for what follows; taken with _kvm_fork_lock () */
  KvmHandle *vm;       /* not owned; NULL when the VM has ended or is closed */
  GPtrArray *eventfds; /* of KvmEventfd, owned: what the kernel knows of */
};

/* The lock of a table comes before that of an eventfd. Both are held over system calls that do not
 * wait for a guest, and never while the program's own code runs. */

static gboolean
is_foreign (KvmEventfd *self)
{
  return self->generation != _kvm_fork_generation;
}

static char *
describe (KvmEventfd *self)
{
  if (self->kind == KVM_EVENTFD_IRQ_TRIGGER)
    return g_strdup_printf ("interrupt trigger of GSI %u", self->trigger.gsi);
  return g_strdup_printf ("doorbell at %s 0x%" G_GINT64_MODIFIER "x",
                          self->doorbell.flags & KVMOBJ_IOEVENTFD_PIO ? "port" : "address",
                          self->doorbell.addr);
}

static void
set_closed_error (KvmEventfd *self, GError **error)
{
  g_autofree char *name = describe (self);

  g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED,
               "The %s is removed already, or its virtual machine has ended", name);
}

/* Whether it was ever added, and in this process. */
static gboolean
check_usable (KvmEventfd *self, const char *class_name, GError **error)
{
  g_autofree char *name = NULL;

  if (self == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED, "The %s was never added", class_name);
      return FALSE;
    }
  if (!is_foreign (self))
    return TRUE;

  name = describe (self);
  g_set_error (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
               "The %s belongs to the process that this one was forked from", name);
  return FALSE;
}

static int
make_eventfd (GError **error)
{
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  if (fd == -1)
    _kvm_error_set_errno (error, errno, "eventfd ()");
  return fd;
}

KvmEventfd *
_kvm_eventfd_new (KvmVm *vm, KvmEventfdKind kind, gboolean resample, GError **error)
{
  g_autoptr (KvmEventfd) self = g_new0 (KvmEventfd, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  g_atomic_ref_count_inc (&vm->eventfds->ref_count);
  self->table = vm->eventfds;
  self->kind = kind;
  self->resample_fd = -1;
  self->fd = make_eventfd (error);
  if (self->fd == -1)
    return NULL;
  if (resample)
    {
      self->resample_fd = make_eventfd (error);
      if (self->resample_fd == -1)
        return NULL;
    }
  self->heard_fd = kind == KVM_EVENTFD_DOORBELL ? self->fd : self->resample_fd;
  self->doorbell.fd = self->fd;
  self->trigger.fd = self->fd;
  self->trigger.resamplefd = resample ? self->resample_fd : 0;
  return g_steal_pointer (&self);
}

KvmEventfd *
_kvm_eventfd_ref (KvmEventfd *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_kvm_eventfd_unref (KvmEventfd *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->fd != -1)
    close (self->fd);
  if (self->resample_fd != -1)
    close (self->resample_fd);
  _kvm_fork_clear_lock (&self->lock, self->generation);
  _kvm_eventfd_table_unref (self->table);
  g_free (self);
}

static gboolean
assign (KvmHandle *vm, KvmEventfd *self, GError **error)
{
  if (self->kind == KVM_EVENTFD_DOORBELL)
    return kvm_ioctl (vm, KVM_IOEVENTFD, &self->doorbell, error) != -1;
  return kvm_ioctl (vm, KVM_IRQFD, &self->trigger, error) != -1;
}

static gboolean
deassign (KvmHandle *vm, KvmEventfd *self, GError **error)
{
  KvmAbiIoeventfd doorbell = self->doorbell;
  KvmAbiIrqfd trigger
      = { .fd = self->fd, .gsi = self->trigger.gsi, .flags = KVMOBJ_IRQFD_DEASSIGN };

  doorbell.flags |= KVMOBJ_IOEVENTFD_DEASSIGN;
  if (self->kind == KVM_EVENTFD_DOORBELL)
    return kvm_ioctl (vm, KVM_IOEVENTFD, &doorbell, error) != -1;
  return kvm_ioctl (vm, KVM_IRQFD, &trigger, error) != -1;
}

/* Reads the events that came since the last time, with the lock held. FALSE if there is none. */
static gboolean
drain (KvmEventfd *self)
{
  eventfd_t n;

  if (self->heard_fd == -1 || eventfd_read (self->heard_fd, &n) == -1)
    return FALSE;

  self->count += n - (self->put_back ? 1 : 0);
  self->put_back = FALSE;
  return TRUE;
}

/* Nothing comes any more. All that poll are woken, for ever, so that each source notices and goes,
 * in a thread of its own context's. */
static void
close_and_unref (gpointer data)
{
  KvmEventfd *self = data;

  /* A child shares the eventfd with its parent, whose sources it must not wake. */
  if (!is_foreign (self))
    {
      g_mutex_lock (&self->lock);
      drain (self);
      self->closed = TRUE;
      if (self->heard_fd != -1)
        eventfd_write (self->heard_fd, 1);
      g_mutex_unlock (&self->lock);
    }
  _kvm_eventfd_unref (self);
}

KvmEventfdTable *
_kvm_eventfd_table_new (KvmHandle *vm)
{
  KvmEventfdTable *self = g_new0 (KvmEventfdTable, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  self->vm = vm;
  return self;
}

void
_kvm_eventfd_table_unref (KvmEventfdTable *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  /* Its VM has ended and taken them out. */
  _kvm_fork_clear_lock (&self->lock, self->generation);
  g_free (self);
}

GPtrArray *
_kvm_eventfd_table_steal (KvmEventfdTable *self, gboolean deassign_each)
{
  KvmHandle *vm;
  GPtrArray *eventfds;

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return NULL;

  vm = g_steal_pointer (&self->vm);
  eventfds = g_steal_pointer (&self->eventfds);
  /* If it fails the kernel goes on signalling an eventfd that nobody listens to. */
  for (guint i = 0; deassign_each && eventfds != NULL && i < eventfds->len; i++)
    deassign (vm, g_ptr_array_index (eventfds, i), NULL);
  g_mutex_unlock (&self->lock);
  return eventfds;
}

gboolean
_kvm_eventfd_add (KvmEventfd *self, GError **error)
{
  KvmEventfdTable *table = self->table;
  gboolean added = FALSE;

  g_mutex_lock (&table->lock);
  if (table->vm == NULL)
    set_closed_error (self, error);
  else if (assign (table->vm, self, error))
    {
      if (table->eventfds == NULL)
        table->eventfds = g_ptr_array_new_with_free_func (close_and_unref);
      g_ptr_array_add (table->eventfds, _kvm_eventfd_ref (self));
      added = TRUE;
    }
  g_mutex_unlock (&table->lock);
  return added;
}

gboolean
_kvm_eventfd_remove (KvmEventfd *self, const char *class_name, GError **error)
{
  KvmEventfdTable *table;
  gboolean removed = FALSE;

  if (!check_usable (self, class_name, error))
    return FALSE;

  table = self->table;
  g_mutex_lock (&table->lock);
  if (table->vm == NULL || self->closed) /* the one that closes it has this lock, or took the VM */
    set_closed_error (self, error);
  else if (deassign (table->vm, self, error))
    {
      g_ptr_array_remove_fast (table->eventfds, self);
      removed = TRUE;
    }
  g_mutex_unlock (&table->lock);
  return removed;
}

gboolean
_kvm_eventfd_signal (KvmEventfd *self, const char *class_name, GError **error)
{
  gboolean closed;

  if (!check_usable (self, class_name, error))
    return FALSE;

  /* That the eventfd is full is no failure: it is signalled. */
  g_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed)
    eventfd_write (self->fd, 1);
  g_mutex_unlock (&self->lock);

  if (closed)
    set_closed_error (self, error);
  return !closed;
}

int
_kvm_eventfd_get_fd (KvmEventfd *self)
{
  int fd;

  if (self == NULL || is_foreign (self))
    return -1;

  g_mutex_lock (&self->lock);
  fd = self->closed ? -1 : self->fd;
  g_mutex_unlock (&self->lock);
  return fd;
}

guint64
_kvm_eventfd_get_count (KvmEventfd *self)
{
  guint64 count;

  if (self == NULL)
    return 0;
  if (is_foreign (self)) /* what is unread is for the parent to read */
    return self->count;

  g_mutex_lock (&self->lock);
  if (!self->closed && drain (self))
    {
      eventfd_write (self->heard_fd, 1);
      self->put_back = TRUE;
    }
  count = self->count;
  g_mutex_unlock (&self->lock);
  return count;
}

typedef struct
{
  GSource source;
  KvmEventfd *eventfd; /* owned; NULL if it was never added */
} EventfdSource;

static gboolean
eventfd_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  KvmEventfd *eventfd = ((EventfdSource *) source)->eventfd;
  gboolean closed, heard = FALSE;

  if (callback == NULL)
    {
      g_warning (
          "The source of a doorbell or an interrupt trigger was attached without a callback");
      return G_SOURCE_REMOVE;
    }
  if (is_foreign (eventfd))
    return G_SOURCE_REMOVE;

  g_mutex_lock (&eventfd->lock);
  closed = eventfd->closed;
  if (!closed)
    heard = drain (eventfd); /* not if another source was faster */
  g_mutex_unlock (&eventfd->lock);

  if (closed)
    return G_SOURCE_REMOVE;
  return heard ? callback (user_data) : G_SOURCE_CONTINUE;
}

static void
eventfd_source_finalize (GSource *source)
{
  g_clear_pointer (&((EventfdSource *) source)->eventfd, _kvm_eventfd_unref);
}

GSource *
_kvm_eventfd_create_source (KvmEventfd *self, const char *class_name)
{
  static GSourceFuncs funcs
      = { .dispatch = eventfd_source_dispatch, .finalize = eventfd_source_finalize };
  GSource *source = g_source_new (&funcs, sizeof (EventfdSource));

  g_source_set_static_name (source, class_name);
  if (self != NULL)
    {
      ((EventfdSource *) source)->eventfd = _kvm_eventfd_ref (self);
      g_source_add_unix_fd (source, self->heard_fd, G_IO_IN);
    }
  return source;
}

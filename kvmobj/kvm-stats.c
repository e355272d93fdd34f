/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-stat-private.h"
#include "kvm-stats.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

/* More than the descriptors, the data, or the values of any kernel take. */
#define MAX_SIZE (1024 * 1024)

/**
 * KvmStats:
 *
 * What the kernel counts and measures of a virtual machine or a vCPU, made by
 * [method@Kvm.Vm.get_stats] or [method@Kvm.Vcpu.get_stats]. It is a list of [class@Kvm.Stat], which
 * never changes; [method@Kvm.Stats.update] makes the items show the values of now.
 *
 * ```python
 * stats = vcpu.get_stats()
 * exits = stats.find("exits")
 * vcpu.run(None)
 * stats.update()
 * print(exits.get_value())
 * ```
 *
 * It keeps what it is about alive, and needs nothing of the vCPU to be updated: the statistics of
 * one that is running in another thread can be read. The library leaves it to the kernel which
 * statistics there are, and shows those that are of a newer kernel, too.
 *
 * Statistics may be used from one thread at a time. Changes are notified in the thread that
 * updates.
 *
 * Since: 0.1
 */
struct _KvmStats
{
  GObject parent_instance;
  KvmHandle handle;
  KvmVm *vm;     /* owned; NULL if an fd was taken */
  KvmVcpu *vcpu; /* owned; NULL if it is about a VM */
  char *id;
  GPtrArray *stats; /* of KvmStat, owned */
  guint64 data_offset;
  gsize data_size;
  guint8 *data;
};

typedef enum
{
  PROP_VM = 1,
  PROP_VCPU,
  PROP_ID,
} KvmStatsProperty;

static GParamSpec *properties[PROP_ID + 1];

static void kvm_stats_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmStats, kvm_stats, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, kvm_stats_list_model_init))

static void
kvm_stats_finalize (GObject *object)
{
  KvmStats *self = KVM_STATS (object);

  if (self->vm != NULL)
    _kvm_vm_remove_child (self->vm, &self->handle);
  _kvm_handle_clear (&self->handle);
  g_ptr_array_unref (self->stats);
  g_free (self->data);
  g_free (self->id);
  g_clear_object (&self->vcpu);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_stats_parent_class)->finalize (object);
}

static void
kvm_stats_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmStats *self = KVM_STATS (object);

  switch ((KvmStatsProperty) id)
    {
    case PROP_VM:
      g_value_set_object (value, self->vm);
      break;
    case PROP_VCPU:
      g_value_set_object (value, self->vcpu);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_stats_class_init (KvmStatsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = kvm_stats_finalize;
  object_class->get_property = kvm_stats_get_property;

  /**
   * KvmStats:vm:
   *
   * The virtual machine that they are about, or in which the vCPU is.
   *
   * Since: 0.1
   */
  properties[PROP_VM] = g_param_spec_object ("vm", NULL, NULL, KVM_TYPE_VM, flags);

  /**
   * KvmStats:vcpu:
   *
   * The vCPU that they are about.
   *
   * Since: 0.1
   */
  properties[PROP_VCPU] = g_param_spec_object ("vcpu", NULL, NULL, KVM_TYPE_VCPU, flags);

  /**
   * KvmStats:id:
   *
   * The kernel's name for what they are about.
   *
   * Since: 0.1
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_stats_init (KvmStats *self)
{
  _kvm_handle_init (&self->handle, KVM_HANDLE_STATS);
  self->stats = g_ptr_array_new_with_free_func (g_object_unref);
}

static GType
kvm_stats_get_item_type (GListModel *list)
{
  return KVM_TYPE_STAT;
}

static guint
kvm_stats_get_n_items (GListModel *list)
{
  return KVM_STATS (list)->stats->len;
}

static gpointer
kvm_stats_get_item (GListModel *list, guint position)
{
  KvmStats *self = KVM_STATS (list);

  return position < self->stats->len ? g_object_ref (self->stats->pdata[position]) : NULL;
}

static void
kvm_stats_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = kvm_stats_get_item_type;
  iface->get_n_items = kvm_stats_get_n_items;
  iface->get_item = kvm_stats_get_item;
}

/* All of it or nothing. */
static gboolean
read_all (int fd, guint64 offset, gpointer buffer, gsize size, GError **error)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = pread (fd, (guint8 *) buffer + done, size - done, offset + done);

      if (n == -1 && errno == EINTR)
        continue;
      if (n == -1)
        {
          _kvm_error_set_errno (error, errno, "Reading statistics");
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                       "The statistics end at byte %" G_GUINT64_FORMAT
                       ", although more is said to be there",
                       offset + done);
          return FALSE;
        }
      done += n;
    }
  return TRUE;
}

/* The largest size that is asked for is the kernel's word: it must not end the process. */
static gboolean
check_size (guint64 size, const char *what, GError **error)
{
  if (size <= MAX_SIZE)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The %s of the statistics would take %" G_GUINT64_FORMAT " bytes", what, size);
  return FALSE;
}

static gpointer
try_allocate (guint64 size, const char *what, GError **error)
{
  gpointer memory;

  if (!check_size (size, what, error))
    return NULL;
  memory = g_try_malloc0 (MAX (size, 1));
  if (memory == NULL)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                 "There is no room for the %s of the statistics, %" G_GUINT64_FORMAT " bytes", what,
                 size);
  return memory;
}

static gboolean
read_descriptors (KvmStats *self, int fd, const KvmAbiStatsHeader *header, GError **error)
{
  const gsize step = sizeof (KvmAbiStatsDesc) + header->name_size;
  const guint64 size = (guint64) step * header->num_desc;
  g_autofree guint8 *block = try_allocate (size, "descriptors", error);
  guint64 data_size = 0, values_size = 0;

  if (block == NULL || !read_all (fd, header->desc_offset, block, size, error))
    return FALSE;

  for (guint i = 0; i < header->num_desc; i++)
    {
      KvmAbiStatsDesc desc;
      KvmStat *stat;

      memcpy (&desc, block + i * step, sizeof desc);
      values_size += desc.size * sizeof (guint64); /* some may be the same bytes of the data */
      if (!check_size (values_size, "values", error))
        return FALSE;
      stat
          = _kvm_stat_new (&desc, (const char *) block + i * step + sizeof desc, header->name_size);
      if (stat == NULL)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                       "There is no memory for the values of statistic %u", i);
          return FALSE;
        }
      g_ptr_array_add (self->stats, stat);
      data_size = MAX (data_size, _kvm_stat_get_end (stat));
    }

  self->data = try_allocate (data_size, "data", error);
  self->data_size = data_size;
  self->data_offset = header->data_offset;
  return self->data != NULL;
}

static gboolean
read_id (KvmStats *self, int fd, const KvmAbiStatsHeader *header, GError **error)
{
  g_autofree char *id = try_allocate (header->name_size, "name", error);

  if (id == NULL || !read_all (fd, header->id_offset, id, header->name_size, error))
    return FALSE;

  self->id = g_utf8_make_valid (id, strnlen (id, header->name_size));
  return TRUE;
}

static gboolean
take_data (KvmStats *self, int fd, GError **error)
{
  if (!read_all (fd, self->data_offset, self->data, self->data_size, error))
    return FALSE;

  /* All have their new values before the first is notified. */
  for (guint i = 0; i < self->stats->len; i++)
    {
      g_object_freeze_notify (self->stats->pdata[i]);
      _kvm_stat_take (self->stats->pdata[i], self->data);
    }
  for (guint i = 0; i < self->stats->len; i++)
    g_object_thaw_notify (self->stats->pdata[i]);
  return TRUE;
}

/* A new one that does not have the fd yet. */
static KvmStats *
stats_new_for_fd (int fd, GError **error)
{
  g_autoptr (KvmStats) self = g_object_new (KVM_TYPE_STATS, NULL);
  KvmAbiStatsHeader header;

  if (!read_all (fd, 0, &header, sizeof header, error))
    return NULL;
  if (header.desc_offset < sizeof header || header.id_offset < sizeof header
      || header.data_offset < sizeof header)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The fd %d is not of statistics: something would overlap the header", fd);
      return NULL;
    }
  if (!read_id (self, fd, &header, error) || !read_descriptors (self, fd, &header, error)
      || !take_data (self, fd, error))
    return NULL;
  return g_steal_pointer (&self);
}

static KvmStats *
get_stats (KvmHandle *handle, KvmVm *vm, KvmVcpu *vcpu, GError **error)
{
  int fd = kvm_ioctl_value (handle, KVM_GET_STATS_FD, 0, error);
  KvmStats *self;

  if (fd == -1)
    return NULL;
  self = stats_new_for_fd (fd, error);
  if (self == NULL)
    {
      close (fd);
      return NULL;
    }
  self->vm = g_object_ref (vm);
  if (vcpu != NULL)
    self->vcpu = g_object_ref (vcpu);
  _kvm_handle_open (&self->handle, fd, 0, handle);
  _kvm_vm_add_child (vm, &self->handle);
  return self;
}

/**
 * kvm_vm_get_stats:
 * @vm: a virtual machine
 * @error: return location for an error
 *
 * Gets what the kernel counts of the virtual machine (`KVM_GET_STATS_FD`;
 * %KVM_CAPABILITY_BINARY_STATS_FD), with the values of now. See section 4.133 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NOT_SUPPORTED if the host does not count,
 * %KVM_ERROR_INVALID if the kernel's description of the statistics makes no sense,
 * %KVM_ERROR_NO_MEMORY, and with %KVM_ERROR_TOO_MANY_FILES.
 *
 * Returns: (transfer full): the statistics
 *
 * Since: 0.1
 */
KvmStats *
kvm_vm_get_stats (KvmVm *vm, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  return get_stats (&vm->handle, vm, NULL, error);
}

/**
 * kvm_vcpu_get_stats:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets what the kernel counts of the vCPU (`KVM_GET_STATS_FD`; %KVM_CAPABILITY_BINARY_STATS_FD),
 * with the values of now. See section 4.133 of api.rst.
 *
 * Statistics that were got before the vCPU runs can be updated while it does.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NOT_SUPPORTED if the host does not
 * count, %KVM_ERROR_INVALID if the kernel's description of the statistics makes no sense,
 * %KVM_ERROR_NO_MEMORY, and with %KVM_ERROR_TOO_MANY_FILES.
 *
 * Returns: (transfer full): the statistics
 *
 * Since: 0.1
 */
KvmStats *
kvm_vcpu_get_stats (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (vcpu), NULL);

  return get_stats (&vcpu->handle, vcpu->vm, vcpu, error);
}

/**
 * kvm_stats_new_take_fd: (constructor)
 * @fd: a file descriptor of statistics, which now belongs to the new object
 * @error: return location for an error
 *
 * Makes statistics of a file descriptor that something else got from `KVM_GET_STATS_FD`. Unlike
 * those of virtual machines and vCPUs it can come from another process, so that one program can
 * watch the guests of another. It becomes close-on-exec. If this fails, it stays the caller's.
 *
 * Fails with %KVM_ERROR_INVALID if it is not an fd of statistics, with %KVM_ERROR_NO_MEMORY, and
 * with %KVM_ERROR_TOO_MANY_FILES; and with what `pread ()` fails with.
 *
 * Returns: (transfer full): the statistics
 *
 * Since: 0.1
 */
KvmStats *
kvm_stats_new_take_fd (int fd, GError **error)
{
  g_autoptr (KvmStats) self = NULL;
  struct stat status;

  /* To read from a terminal would wait for somebody to type; what has no places cannot be read. */
  if (fstat (fd, &status) == -1 || S_ISCHR (status.st_mode) || pread (fd, &status, 0, 0) == -1)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The fd %d is not of statistics", fd);
      return NULL;
    }
  self = stats_new_for_fd (fd, error);
  if (self == NULL || !_kvm_handle_open_root (&self->handle, fd, error))
    return NULL;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  return g_steal_pointer (&self);
}

/**
 * kvm_stats_close:
 * @self: statistics
 *
 * Closes the statistics, for languages in which the last reference goes at a time of its own. They
 * show what was read last, and [method@Kvm.Stats.update] then fails with %KVM_ERROR_CLOSED. Closing
 * again does nothing.
 *
 * Since: 0.1
 */
void
kvm_stats_close (KvmStats *self)
{
  g_return_if_fail (KVM_IS_STATS (self));

  _kvm_handle_close (&self->handle);
}

/**
 * kvm_stats_get_fd:
 * @self: statistics
 *
 * Lends the file descriptor. It belongs to the statistics: neither close it nor keep it longer.
 *
 * Returns: the file descriptor; -1 if the statistics are closed or were never opened
 *
 * Since: 0.1
 */
int
kvm_stats_get_fd (KvmStats *self)
{
  g_return_val_if_fail (KVM_IS_STATS (self), -1);

  return _kvm_handle_get_fd (&self->handle);
}

/**
 * kvm_stats_dup_fd:
 * @self: statistics
 * @error: return location for an error
 *
 * Duplicates the file descriptor, to give it to something else, such as another process. The
 * duplicate is close-on-exec. As long as it is open the kernel keeps the virtual machine, but not
 * the memory slots that the library added.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_TOO_MANY_FILES if the process has none left.
 *
 * Returns: a file descriptor that the caller closes; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_stats_dup_fd (KvmStats *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_STATS (self), -1);

  return _kvm_handle_dup_fd (&self->handle, error);
}

/**
 * kvm_stats_get_vm:
 * @self: statistics
 *
 * Gets the virtual machine that they are about, or in which the vCPU is.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if they were made of a file
 *   descriptor or were never opened
 *
 * Since: 0.1
 */
KvmVm *
kvm_stats_get_vm (KvmStats *self)
{
  g_return_val_if_fail (KVM_IS_STATS (self), NULL);

  return self->vm;
}

/**
 * kvm_stats_get_vcpu:
 * @self: statistics
 *
 * Gets the vCPU that they are about.
 *
 * Returns: (transfer none) (nullable): the vCPU; %NULL if they are about a virtual machine, were
 *   made of a file descriptor, or were never opened
 *
 * Since: 0.1
 */
KvmVcpu *
kvm_stats_get_vcpu (KvmStats *self)
{
  g_return_val_if_fail (KVM_IS_STATS (self), NULL);

  return self->vcpu;
}

/**
 * kvm_stats_get_id:
 * @self: statistics
 *
 * Gets the kernel's name for what they are about, such as `kvm-1234/vcpu-0`, with the process and
 * the vCPU.
 *
 * Returns: (nullable): the name; %NULL if they were never opened
 *
 * Since: 0.1
 */
const char *
kvm_stats_get_id (KvmStats *self)
{
  g_return_val_if_fail (KVM_IS_STATS (self), NULL);

  return self->id;
}

/**
 * kvm_stats_update:
 * @self: statistics
 * @error: return location for an error
 *
 * Reads all values anew, with one system call. Each [class@Kvm.Stat] that has changed then
 * notifies of [property@Kvm.Stat:value]. A handler may do what it likes, and update again.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_WRONG_PROCESS, and with %KVM_ERROR_INVALID if what was
 * taken as statistics has become shorter. The values then stay as they are.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_stats_update (KvmStats *self, GError **error)
{
  g_autoptr (KvmStats) kept = NULL; /* a handler may drop it */
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (KVM_IS_STATS (self), FALSE);

  kept = g_object_ref (self);
  if (!_kvm_handle_check (&self->handle, "kvm_stats_update ()", error))
    return FALSE;
  if (take_data (self, self->handle.fd, &local))
    return TRUE;

  /* It may have been closed during the call. */
  if (_kvm_handle_check (&self->handle, "kvm_stats_update ()", error))
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * kvm_stats_find:
 * @self: statistics
 * @name: the kernel's name of a statistic
 *
 * Finds a statistic by its name.
 *
 * Returns: (transfer none) (nullable): the statistic; %NULL if this kernel has none of that name
 *
 * Since: 0.1
 */
KvmStat *
kvm_stats_find (KvmStats *self, const char *name)
{
  g_return_val_if_fail (KVM_IS_STATS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->stats->len; i++)
    if (strcmp (kvm_stat_get_name (self->stats->pdata[i]), name) == 0)
      return self->stats->pdata[i];
  return NULL;
}

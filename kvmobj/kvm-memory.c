/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-memory-private.h"

/* Aligned so, memory can be given to a guest in huge pages. Address space costs nothing. */
#define HUGE_ALIGNMENT (2 * 1024 * 1024)

/**
 * KvmMemory:
 *
 * Memory of this process that guests can use as theirs, see [method@Kvm.Vm.add_memory]. The same
 * memory may stand in several slots and several virtual machines, which share it.
 *
 * | made by | is | has a file descriptor |
 * |---|---|---|
 * | [ctor@Kvm.Memory.new] | zeros that only this process has | no |
 * | [ctor@Kvm.Memory.new_memfd], [ctor@Kvm.Memory.new_full] | zeros that others can map too | yes |
 * | [ctor@Kvm.Memory.new_from_file], [ctor@Kvm.Memory.new_from_fd] | pages of a file | yes |
 * | [method@Kvm.Vm.create_guest_memfd] | a guest's own, which the host may not be able to map | yes
 * |
 *
 * It is freed when nobody uses it: neither a reference nor a memory slot. A forked child does not
 * have it; there, every method fails with %KVM_ERROR_WRONG_PROCESS. On both sides there is a page
 * that nothing can be written to.
 *
 * Memory may be read and written from any thread, also while a guest runs. Every method copies, and
 * reads a byte of the guest's once. What a guest writes at the same time may be seen in part, but
 * for the numbers of [method@Kvm.Memory.read_u32_le] and its like at addresses that are multiples
 * of their size: those are one access, which acquires when it reads and releases when it writes.
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_SIZE = 1,
} KvmMemoryProperty;

static GParamSpec *properties[PROP_SIZE + 1];

GTypeClass *_kvm_memory_class;

G_DEFINE_FINAL_TYPE (KvmMemory, kvm_memory, G_TYPE_OBJECT)

static void
kvm_memory_finalize (GObject *object)
{
  KvmMemory *self = KVM_MEMORY (object);

  /* A forked child has no such mapping, and may have another in its place. */
  if (self->reserved != NULL && self->generation == _kvm_fork_generation)
    munmap (self->reserved, self->reserved_size);
  if (self->fd != -1)
    close (self->fd);
  g_ptr_array_unref (self->slots);
  g_ptr_array_unref (self->snapshots);
  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_memory_parent_class)->finalize (object);
}

static void
kvm_memory_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmMemory *self = KVM_MEMORY (object);

  switch ((KvmMemoryProperty) id)
    {
    case PROP_SIZE:
      g_value_set_uint64 (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_memory_class_init (KvmMemoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  _kvm_memory_class = (GTypeClass *) klass;
  object_class->finalize = kvm_memory_finalize;
  object_class->get_property = kvm_memory_get_property;

  /**
   * KvmMemory:size:
   *
   * The size in bytes.
   *
   * Since: 0.1
   */
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_memory_init (KvmMemory *self)
{
  self->fd = -1;
  self->generation = _kvm_fork_generation;
  self->slots = g_ptr_array_new ();
  self->snapshots = g_ptr_array_new ();
  g_mutex_init (&self->lock);
}

static gboolean
check_size (guint64 size, guint64 page_size, GError **error)
{
  if (size == 0 || size % page_size != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Memory comes in pages of %" G_GUINT64_FORMAT " bytes, and %" G_GUINT64_FORMAT
                   " bytes are %s",
                   page_size, size, size == 0 ? "none" : "not a whole number of them");
      return FALSE;
    }
  return TRUE;
}

static gboolean
advise (gpointer data, guint64 size, int advice, const char *name, GError **error)
{
  int ret;

  do
    ret = madvise (data, size, advice);
  while (ret == -1 && errno == EINTR);
  if (ret != -1)
    return TRUE;

  if (errno == EINVAL)
    g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                 "madvise () of memory: this kernel does not have %s", name);
  else
    _kvm_error_set_errno (error, errno, "madvise () of %" G_GUINT64_FORMAT " bytes of memory, %s",
                          size, name);
  return FALSE;
}

static gboolean
advise_all (gpointer data, guint64 size, KvmMemoryFlags flags, GError **error)
{
  static const struct
  {
    KvmMemoryFlags flag;
    int advice;
    const char *name;
  } advices[] = {
    /* A child that shared it would see copy-on-write move pages from under the guest. */
    { KVM_MEMORY_FLAGS_NONE, MADV_DONTFORK, "MADV_DONTFORK" },
    { KVM_MEMORY_FLAGS_TRANSPARENT_HUGE_PAGES, MADV_HUGEPAGE, "MADV_HUGEPAGE" },
    { KVM_MEMORY_FLAGS_MERGEABLE, MADV_MERGEABLE, "MADV_MERGEABLE" },
    { KVM_MEMORY_FLAGS_NO_DUMP, MADV_DONTDUMP, "MADV_DONTDUMP" },
    { KVM_MEMORY_FLAGS_PREFAULT, MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE" }, /* last */
  };

  for (guint i = 0; i < G_N_ELEMENTS (advices); i++)
    if ((flags & advices[i].flag) == advices[i].flag
        && !advise (data, size, advices[i].advice, advices[i].name, error))
      return FALSE;
  return TRUE;
}

/* Maps in the middle of a range that is kept free of everything else. */
static gboolean
map (KvmMemory *self, int fd, guint64 offset, int map_flags, KvmMemoryFlags flags, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  gsize alignment = self->size >= HUGE_ALIGNMENT ? HUGE_ALIGNMENT : page_size;
  gsize room = 2 * alignment;
  guint8 *reserved = MAP_FAILED;
  gpointer data = MAP_FAILED;

  /* What is wanted at once must be there; else the host gives a page when it is first touched. */
  if (!(flags & (KVM_MEMORY_FLAGS_PREFAULT | KVM_MEMORY_FLAGS_HUGE_PAGES)))
    map_flags |= MAP_NORESERVE;

  errno = ENOMEM;
  if (self->size <= G_MAXSSIZE - room)
    reserved = mmap (NULL, self->size + room, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved != MAP_FAILED)
    {
      self->reserved = reserved;
      self->reserved_size = self->size + room;
      reserved += page_size;
      reserved += -(gsize) reserved % alignment;
      data = mmap (reserved, self->size, PROT_READ | PROT_WRITE, map_flags | MAP_FIXED, fd, offset);
    }
  if (data == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () of %" G_GUINT64_FORMAT " bytes of memory",
                            self->size);
      if (flags & KVM_MEMORY_FLAGS_HUGE_PAGES)
        _kvm_error_add_detail (error, "/proc/sys/vm/nr_hugepages says how many huge pages the host "
                                      "sets aside");
      return FALSE;
    }
  self->data = data;
  return advise_all (data, self->size, flags, error);
}

/* Takes @fd, also on failure. @map_flags is 0 for what is not mapped. */
static KvmMemory *
memory_new (guint64 size, int fd, guint64 offset, int map_flags, KvmMemoryFlags flags,
            GError **error)
{
  g_autoptr (KvmMemory) self = g_object_new (KVM_TYPE_MEMORY, NULL);

  _kvm_fork_watch ();
  self->size = size;
  self->fd = fd;
  if (map_flags != 0 && !map (self, fd, offset, map_flags, flags, error))
    return NULL;
  return g_steal_pointer (&self);
}

KvmMemory *
_kvm_memory_new_guest_memfd (guint64 size, int fd, gboolean is_mapped, gboolean may_fault,
                             GError **error)
{
  KvmMemory *self = memory_new (size, fd, 0, is_mapped ? MAP_SHARED : 0, 0, error);

  if (self != NULL)
    {
      self->is_guest_memfd = TRUE;
      self->may_fault = may_fault;
    }
  return self;
}

static KvmMemory *
new_memfd (guint64 size, KvmMemoryFlags flags, GError **error)
{
  guint huge = flags & KVM_MEMORY_FLAGS_HUGE_PAGES ? MFD_HUGETLB : 0;
  struct stat status;
  int fd;

  fd = memfd_create ("kvmobj-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING | huge);
  if (fd == -1 && huge != 0 && (errno == EINVAL || errno == ENODEV || errno == ENOSYS))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "memfd_create (): this kernel has no huge pages");
      return NULL;
    }
  if (fd == -1)
    {
      _kvm_error_set_errno (error, errno, "memfd_create ()");
      return NULL;
    }
  if (huge != 0 && fstat (fd, &status) != -1 && !check_size (size, status.st_blksize, error))
    {
      close (fd);
      return NULL;
    }
  if (size > G_MAXINT64 || ftruncate (fd, size) == -1
      || fcntl (fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
    {
      _kvm_error_set_errno (
          error, size > G_MAXINT64 ? EFBIG : errno,
          "ftruncate () and F_ADD_SEALS of a memfd of %" G_GUINT64_FORMAT " bytes", size);
      close (fd);
      return NULL;
    }
  return memory_new (size, fd, 0, MAP_SHARED, flags, error);
}

/**
 * kvm_memory_new: (constructor)
 * @size: the size in bytes, a multiple of the host's page size
 * @error: return location for an error
 *
 * Makes memory that only this process has. The host gives a page when it is first touched.
 *
 * Fails with %KVM_ERROR_INVALID if the size is not a multiple of the page size, or is 0, and with
 * %KVM_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new (guint64 size, GError **error)
{
  return kvm_memory_new_full (size, KVM_MEMORY_FLAGS_NONE, error);
}

/**
 * kvm_memory_new_memfd: (constructor)
 * @size: the size in bytes, a multiple of the host's page size
 * @error: return location for an error
 *
 * Makes memory with a file descriptor, so that other processes, or Python's `mmap`, can map it too.
 * Its size is sealed.
 *
 * Fails as [ctor@Kvm.Memory.new] does, and with %KVM_ERROR_TOO_MANY_FILES if the process has no
 * file descriptor left.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new_memfd (guint64 size, GError **error)
{
  return kvm_memory_new_full (size, KVM_MEMORY_FLAGS_MEMFD, error);
}

static gboolean
check_flags (KvmMemoryFlags flags, KvmMemoryFlags known, GError **error)
{
  if ((flags & ~known) == 0)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "Memory of this kind has no flags 0x%x",
               flags & ~known);
  return FALSE;
}

#define ADVICE                                                                                     \
  (KVM_MEMORY_FLAGS_TRANSPARENT_HUGE_PAGES | KVM_MEMORY_FLAGS_PREFAULT                             \
   | KVM_MEMORY_FLAGS_MERGEABLE | KVM_MEMORY_FLAGS_NO_DUMP)

/**
 * kvm_memory_new_full: (constructor)
 * @size: the size in bytes, a multiple of the host's page size, and with
 *   %KVM_MEMORY_FLAGS_HUGE_PAGES of the size of a huge page
 * @flags: how the memory is made
 * @error: return location for an error
 *
 * Makes memory that begins as zeros.
 *
 * Fails with %KVM_ERROR_INVALID if the size is not a multiple of the page size, or is 0;
 * %KVM_ERROR_NO_MEMORY, also if the host has not set aside as many huge pages;
 * %KVM_ERROR_TOO_MANY_FILES; and with %KVM_ERROR_NOT_SUPPORTED if the kernel was built without what
 * a flag asks for.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new_full (guint64 size, KvmMemoryFlags flags, GError **error)
{
  if (!check_size (size, sysconf (_SC_PAGESIZE), error)
      || !check_flags (flags, ADVICE | KVM_MEMORY_FLAGS_MEMFD | KVM_MEMORY_FLAGS_HUGE_PAGES, error))
    return NULL;

  if (flags & (KVM_MEMORY_FLAGS_MEMFD | KVM_MEMORY_FLAGS_HUGE_PAGES))
    return new_memfd (size, flags, error);
  return memory_new (size, -1, 0, MAP_PRIVATE | MAP_ANONYMOUS, flags, error);
}

/* How much of the file is to be mapped; 0 with an error if it does not have that. */
static guint64
check_file (const struct stat *status, guint64 offset, guint64 size, GError **error)
{
  guint64 page_size = sysconf (_SC_PAGESIZE);
  guint64 file_size = status->st_size;

  if (!S_ISREG (status->st_mode))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "Memory can be made of a regular file, and this is none");
      return 0;
    }
  if (offset % page_size != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The offset 0x%" G_GINT64_MODIFIER "x in a file is not a multiple of the page "
                   "size, %" G_GUINT64_FORMAT,
                   offset, page_size);
      return 0;
    }

  /* The rest of the last page is there, as zeros. */
  file_size += -file_size % page_size;
  if (size == 0 && offset < file_size)
    return file_size - offset;
  if (size == 0 || offset > file_size || size > file_size - offset)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%" G_GUINT64_FORMAT " bytes at 0x%" G_GINT64_MODIFIER
                   "x are not within the file, which has %" G_GUINT64_FORMAT,
                   size, offset, (guint64) status->st_size);
      return 0;
    }
  return check_size (size, page_size, error) ? size : 0;
}

/* Takes @fd. */
static KvmMemory *
new_take_file (int fd, guint64 offset, guint64 size, KvmMemoryFlags flags, GError **error)
{
  int map_flags = flags & KVM_MEMORY_FLAGS_COPY_ON_WRITE ? MAP_PRIVATE : MAP_SHARED;
  struct stat status;
  KvmMemory *self;
  int seals;

  if (fstat (fd, &status) == -1)
    {
      _kvm_error_set_errno (error, errno, "fstat ()");
      size = 0;
    }
  else
    size = check_file (&status, offset, size, error);
  if (size == 0)
    {
      close (fd);
      return NULL;
    }

  self = memory_new (size, fd, offset, map_flags, flags, error);
  if (self == NULL)
    {
      if (error != NULL && (*error)->code == KVM_ERROR_PERMISSION)
        _kvm_error_add_detail (error, "the file must be open for reading and writing, unless the "
                                      "memory is KVM_MEMORY_FLAGS_COPY_ON_WRITE");
      return NULL;
    }
  seals = fcntl (fd, F_GET_SEALS);
  self->may_fault = seals == -1 || !(seals & F_SEAL_SHRINK);
  return self;
}

/**
 * kvm_memory_new_from_fd: (constructor)
 * @fd: a file descriptor of a regular file or a memfd; it is duplicated
 * @offset: where in the file the memory begins, in bytes; a multiple of the page size
 * @size: the size in bytes, a multiple of the page size; 0 for all up to the end of the file
 * @flags: how the memory is made
 * @error: return location for an error
 *
 * Makes memory of a file's pages. What is written reaches the file, unless the memory is
 * %KVM_MEMORY_FLAGS_COPY_ON_WRITE. What follows the end of the file in its last page is zeros, and
 * is lost.
 *
 * If something makes the file shorter, its pages are gone. This library's methods then fail with
 * %KVM_ERROR_FAULT, and a guest that touches such a page stops: its run fails with
 * %KVM_ERROR_FAULT, or ends with an internal error or a memory fault. But to touch it through
 * `kvm_memory_get_pointer ()` ends the process with `SIGBUS`. None of this can happen to a memfd
 * whose size is sealed (`F_SEAL_SHRINK`); methods are fastest for such a file, too, because they
 * need not ask the kernel to copy.
 *
 * Fails with %KVM_ERROR_INVALID if the file does not have these pages, or is not a regular file;
 * %KVM_ERROR_PERMISSION if it is not open for writing; %KVM_ERROR_BAD_FD; and as
 * [ctor@Kvm.Memory.new_full] does.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new_from_fd (int fd, guint64 offset, guint64 size, KvmMemoryFlags flags, GError **error)
{
  int copy;

  if (!check_flags (flags, ADVICE | KVM_MEMORY_FLAGS_COPY_ON_WRITE, error))
    return NULL;

  copy = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (copy == -1)
    {
      _kvm_error_set_errno (error, errno, "F_DUPFD_CLOEXEC on the fd %d", fd);
      return NULL;
    }
  return new_take_file (copy, offset, size, flags, error);
}

/**
 * kvm_memory_new_from_file: (constructor)
 * @file: a file of this host
 * @offset: where in the file the memory begins, in bytes; a multiple of the page size
 * @size: the size in bytes, a multiple of the page size; 0 for all up to the end of the file
 * @flags: how the memory is made
 * @error: return location for an error
 *
 * Makes memory of a file's pages, as [ctor@Kvm.Memory.new_from_fd] does, which also tells what
 * happens when the file becomes shorter. The file is opened for reading and writing, or with
 * %KVM_MEMORY_FLAGS_COPY_ON_WRITE for reading alone.
 *
 * Fails with %KVM_ERROR_NOT_FOUND, %KVM_ERROR_PERMISSION, %KVM_ERROR_INVALID if the file is not one
 * of this host, and as [ctor@Kvm.Memory.new_from_fd] does.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new_from_file (GFile *file, guint64 offset, guint64 size, KvmMemoryFlags flags,
                          GError **error)
{
  const char *path;
  int fd;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  if (!check_flags (flags, ADVICE | KVM_MEMORY_FLAGS_COPY_ON_WRITE, error))
    return NULL;

  path = g_file_peek_path (file);
  if (path == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "Memory can be made of a file that has a path on this host alone");
      return NULL;
    }
  /* A pipe would be waited for, and a terminal taken; neither is a regular file. */
  fd = open (path, (flags & KVM_MEMORY_FLAGS_COPY_ON_WRITE ? O_RDONLY : O_RDWR) | O_CLOEXEC
                       | O_NONBLOCK | O_NOCTTY);
  if (fd == -1)
    {
      _kvm_error_set_errno (error, errno, "open () of %s", path);
      return NULL;
    }
  return new_take_file (fd, offset, size, flags, error);
}

gboolean
_kvm_memory_check (KvmMemory *self, GError **error)
{
  if (self->size == 0)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED,
                         "The memory was never made: use one of its constructors");
  else if (self->generation != _kvm_fork_generation)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                         "The memory belongs to the process that this one was forked from");
  else if (self->data == NULL)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "The memory is a guest_memfd that was made without "
                         "KVM_GUEST_MEMFD_FLAGS_MMAP: the host does not see it");
  else
    return TRUE;
  return FALSE;
}

/**
 * kvm_memory_get_size:
 * @self: memory
 *
 * Gets how large the memory is.
 *
 * Returns: the size in bytes
 *
 * Since: 0.1
 */
guint64
kvm_memory_get_size (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), 0);

  return self->size;
}

/**
 * kvm_memory_get_fd:
 * @self: memory
 *
 * Lends the file descriptor of memory that is not anonymous. It is the memory's: neither close it
 * nor keep it longer. Python's `mmap` makes its own duplicate, and can read and write the memory in
 * place.
 *
 * ```python
 * memory = Kvm.Memory.new_memfd(0x10000)
 * view = mmap.mmap(memory.get_fd(), memory.get_size())
 * ```
 *
 * Returns: the file descriptor; -1 if the memory has none
 *
 * Since: 0.1
 */
int
kvm_memory_get_fd (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), -1);

  return self->fd;
}

/**
 * kvm_memory_get_pointer: (skip)
 * @self: memory
 *
 * Gets where the memory is in this process. A guest may change what stands there at any moment. The
 * pointer is good as long as a reference or a slot is. See [ctor@Kvm.Memory.new_from_fd] on files
 * that become shorter.
 *
 * Returns: (nullable): the address; %NULL in a forked child, and for a guest_memfd that the host
 *   does not see
 *
 * Since: 0.1
 */
gpointer
kvm_memory_get_pointer (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), NULL);

  return self->generation == _kvm_fork_generation ? self->data : NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics: the kernel's own, and what a newer or broken kernel might say, from memory files. */

#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kvm.h>

/* What counts how often the guests "halt" and "mmio" stop. */
#define HALTS (KVM_TEST_IS_X86 ? "halt_exits" : "mmio_exit_user")
#define ACCESSES (KVM_TEST_IS_X86 ? "mmio_exits" : "mmio_exit_user")

static guint64
updated_value (KvmStats *stats, const char *name)
{
  g_autoptr (GError) error = NULL;

  kvm_stats_update (stats, &error);
  g_assert_no_error (error);
  return kvm_stat_get_value (kvm_stats_find (stats, name));
}

static void
test_counts_exits (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
  guint64 before, again;

  g_assert_no_error (error);
  before = updated_value (stats, HALTS);
  for (guint i = 0; i < 100; i++)
    kvm_test_run_to_halt (guest);
  g_assert_cmpuint (kvm_stat_get_value (kvm_stats_find (stats, HALTS)), ==, before);
  again = updated_value (stats, HALTS);
  g_assert_cmpuint (again, ==, before + 100);
  g_assert_cmpuint (updated_value (stats, "exits"), >=, again);
  g_assert_null (kvm_stats_find (stats, "no_such_thing"));
}

static void
test_counts_mmio (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);

  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_cmpuint (updated_value (stats, ACCESSES), ==, 1);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_cmpuint (updated_value (stats, ACCESSES), ==, 2);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (updated_value (stats, ACCESSES), ==, KVM_TEST_IS_X86 ? 2 : 3);
  g_assert_cmpuint (updated_value (stats, "exits"), >=, 3);
}

/* Each value and each word of the description as it stands in the kernel's file. */
static void
check_against_kernel (KvmStats *stats, int handle)
{
  int fd = ioctl (handle, KVM_GET_STATS_FD, 0);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (stats));
  g_autofree char *id = NULL;
  struct kvm_stats_header header;

  g_assert_cmpint (pread (fd, &header, sizeof header, 0), ==, sizeof header);
  g_assert_cmpuint (n, ==, header.num_desc);
  id = g_malloc0 (header.name_size + 1);
  g_assert_cmpint (pread (fd, id, header.name_size, header.id_offset), ==, header.name_size);
  g_assert_cmpstr (kvm_stats_get_id (stats), ==, id);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KvmStat) stat = g_list_model_get_item (G_LIST_MODEL (stats), i);
      gsize size = sizeof (struct kvm_stats_desc) + header.name_size, n_values;
      g_autofree struct kvm_stats_desc *desc = g_malloc0 (size + 1);
      g_autofree guint64 *values = kvm_stat_get_values (stat, &n_values);
      g_autofree guint64 *expected = NULL;
      g_autoptr (GBytes) bytes = kvm_stat_to_bytes (stat);

      g_assert_cmpint (pread (fd, desc, size, header.desc_offset + i * size), ==, size);
      g_assert_cmpstr (kvm_stat_get_name (stat), ==, desc->name);
      g_assert_true (kvm_stats_find (stats, desc->name) == stat);
      g_assert_cmphex (kvm_stat_get_raw_kind (stat), ==, desc->flags & KVM_STATS_TYPE_MASK);
      g_assert_cmphex (kvm_stat_get_raw_unit (stat) << KVM_STATS_UNIT_SHIFT, ==,
                       desc->flags & KVM_STATS_UNIT_MASK);
      g_assert_cmphex (kvm_stat_get_raw_base (stat) << KVM_STATS_BASE_SHIFT, ==,
                       desc->flags & KVM_STATS_BASE_MASK);
      g_assert_cmpint (kvm_stat_get_exponent (stat), ==, desc->exponent);
      g_assert_cmpuint (kvm_stat_get_bucket_size (stat), ==, desc->bucket_size);

      expected = g_new0 (guint64, desc->size);
      g_assert_cmpint (pread (fd, expected, desc->size * 8, header.data_offset + desc->offset), ==,
                       desc->size * 8);
      g_assert_cmpmem (values, n_values * 8, expected, desc->size * 8);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                       desc->size * 8);
      g_assert_cmpuint (kvm_stat_get_value (stat), ==, expected[0]);
    }
  close (fd);
}

static void
test_is_what_the_kernel_says (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) of_vm = NULL;
  g_autoptr (KvmStats) of_vcpu = NULL;
  KvmStat *stat;
  gsize n;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  of_vm = kvm_vm_get_stats (guest->vm, &error);
  g_assert_no_error (error);
  check_against_kernel (of_vm, kvm_vm_get_fd (guest->vm));
  of_vcpu = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_assert_no_error (error);
  check_against_kernel (of_vcpu, kvm_vcpu_get_fd (guest->vcpu));
  g_assert_true (g_str_has_suffix (kvm_stats_get_id (of_vcpu), "/vcpu-0"));
  stat = kvm_stats_find (of_vcpu, "halt_wait_hist");
  g_assert_cmpuint (kvm_stat_get_kind (stat), ==, KVM_STAT_KIND_LOG_HISTOGRAM);
  g_assert_cmpuint (kvm_stat_get_unit (stat), ==, KVM_STAT_UNIT_SECONDS);
  g_assert_cmpuint (kvm_stat_get_base (stat), ==, 10);
  g_assert_cmpint (kvm_stat_get_exponent (stat), ==, -9);
  g_free (kvm_stat_get_values (stat, &n));
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpuint (kvm_stat_get_unit (kvm_stats_find (of_vcpu, "blocking")), ==,
                    KVM_STAT_UNIT_BOOLEAN);
}

static void
test_kinds_of_x86 (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vm_get_stats (guest->vm, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (kvm_stat_get_kind (kvm_stats_find (stats, "pages_4k")), ==,
                    KVM_STAT_KIND_INSTANT);
  g_assert_cmpuint (kvm_stat_get_kind (kvm_stats_find (stats, "max_mmu_rmap_size")), ==,
                    KVM_STAT_KIND_PEAK);
}

static void
test_properties (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) of_vm = kvm_vm_get_stats (guest->vm, &error);
  g_autoptr (KvmStats) of_vcpu = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  KvmStatKind kind;
  KvmStatUnit unit;
  guint base, bucket_size;
  int exponent;
  guint64 value;

  g_object_get (of_vcpu, "vm", &vm, "vcpu", &vcpu, "id", &id, NULL);
  g_assert_true (vm == guest->vm && kvm_stats_get_vm (of_vcpu) == vm);
  g_assert_true (vcpu == guest->vcpu && kvm_stats_get_vcpu (of_vcpu) == vcpu);
  g_assert_cmpstr (id, ==, kvm_stats_get_id (of_vcpu));
  g_assert_true (kvm_stats_get_vm (of_vm) == vm);
  g_assert_null (kvm_stats_get_vcpu (of_vm));
  g_assert_cmpint (fcntl (kvm_stats_get_fd (of_vm), F_GETFD), ==, FD_CLOEXEC);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (of_vcpu)) == KVM_TYPE_STAT);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (of_vcpu), 100000));

  g_object_get (kvm_stats_find (of_vcpu, "halt_wait_ns"), "name", &name, "kind", &kind, "unit",
                &unit, "base", &base, "exponent", &exponent, "bucket-size", &bucket_size, "value",
                &value, NULL);
  g_assert_cmpstr (name, ==, "halt_wait_ns");
  g_assert_cmpuint (kind, ==, KVM_STAT_KIND_CUMULATIVE);
  g_assert_cmpuint (unit, ==, KVM_STAT_UNIT_SECONDS);
  g_assert_cmpuint (base, ==, 10);
  g_assert_cmpint (exponent, ==, -9);
  g_assert_cmpuint (bucket_size, ==, 0);
  g_assert_cmpuint (value, ==, 0);
}

static void
count_notify (KvmStat *stat, GParamSpec *pspec, gpointer user_data)
{
  g_assert_cmpstr (pspec->name, ==, "value");
  ++*(guint *) user_data;
}

static void
test_notifies (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
  KvmStat *changing = kvm_stats_find (stats, HALTS);
  KvmStat *still = kvm_stats_find (stats, "halt_poll_invalid");
  guint n_changing = 0, n_still = 0;

  g_signal_connect (changing, "notify", G_CALLBACK (count_notify), &n_changing);
  g_signal_connect (still, "notify", G_CALLBACK (count_notify), &n_still);
  kvm_stats_update (stats, &error);
  g_assert_cmpuint (n_changing, ==, 0);
  kvm_test_run_to_halt (guest);
  kvm_test_run_to_halt (guest);
  kvm_stats_update (stats, &error);
  g_assert_cmpuint (n_changing, ==, 1);
  kvm_stats_update (stats, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_changing, ==, 1);
  g_assert_cmpuint (n_still, ==, 0);
}

typedef struct
{
  KvmTestGuest *guest;
  KvmStats *stats;
  guint64 seen[2];
} Reentrant;

/* The first of the items that changes: it sees the new values of later ones, makes newer ones, and
 * lets go of all of it. */
static void
on_exits (KvmStat *stat, GParamSpec *pspec, gpointer user_data)
{
  Reentrant *self = user_data;

  if (self->stats == NULL)
    return;
  self->seen[0] = kvm_stat_get_value (kvm_stats_find (self->stats, HALTS));
  kvm_test_run_to_halt (self->guest);
  self->seen[1] = updated_value (self->stats, HALTS);
  g_clear_object (&self->stats);
}

static void
test_handler_does_what_it_likes (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  Reentrant self = { guest, kvm_vcpu_get_stats (guest->vcpu, &error), { 0, 0 } };
  g_autoptr (KvmStat) kept = g_object_ref (kvm_stats_find (self.stats, HALTS));

  g_signal_connect (kvm_stats_find (self.stats, "exits"), "notify::value", G_CALLBACK (on_exits),
                    &self);
  kvm_test_run_to_halt (guest);
  g_assert_true (kvm_stats_update (self.stats, &error));
  g_assert_no_error (error);
  g_assert_null (self.stats);
  g_assert_cmpuint (self.seen[0], ==, 1);
  g_assert_cmpuint (self.seen[1], ==, 2);
  g_assert_cmpuint (kvm_stat_get_value (kept), ==, 2); /* not the older one again */
}

static gpointer
run_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  return GINT_TO_POINTER (kvm_vcpu_run (guest->vcpu, NULL, NULL));
}

static void
test_while_it_runs (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
  guint64 before = updated_value (stats, "exits");
  GThread *thread = g_thread_new ("vcpu", run_thread, guest);

  kvm_test_wait_until_running (guest->vcpu);
  g_assert_null (kvm_vcpu_get_stats (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "KVM_GET_STATS_FD on vCPU 0");
  /* The host's timer interrupts the guest now and then. */
  while (updated_value (stats, "exits") < before + 3)
    ;
  kvm_vcpu_kick (guest->vcpu);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, KVM_EXIT_REASON_INTERRUPTED);
}

static void
test_keeps_vm (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) of_vm = kvm_vm_get_stats (guest->vm, &error);
  g_autoptr (KvmStats) of_vcpu = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_autoptr (KvmStat) exits = g_object_ref (kvm_stats_find (of_vcpu, HALTS));
  KvmVm *vm = guest->vm;
  KvmVcpu *vcpu = guest->vcpu;

  kvm_test_run_to_halt (guest);
  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_object_add_weak_pointer (G_OBJECT (vcpu), (gpointer *) &vcpu);
  g_clear_pointer (&guest, kvm_test_guest_free);
  g_assert_true (vm != NULL && vcpu != NULL);
  g_assert_cmpuint (updated_value (of_vcpu, HALTS), ==, 1);
  g_clear_object (&of_vcpu);
  g_assert_true (vm != NULL && vcpu == NULL);
  g_assert_true (kvm_stats_update (of_vm, &error));
  g_clear_object (&of_vm);
  g_assert_null (vm);
  g_assert_cmpuint (kvm_stat_get_value (exits), ==, 1);
}

static void
assert_closed (KvmStats *stats, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_stats_update (stats, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, what);
  g_assert_cmpint (kvm_stats_dup_fd (stats, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, what);
  g_assert_cmpint (kvm_stats_get_fd (stats), ==, -1);
}

static void
test_close (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmStats) never_opened = g_object_new (KVM_TYPE_STATS, NULL);
  g_autoptr (KvmStat) bare = g_object_new (KVM_TYPE_STAT, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) of_vm = kvm_vm_get_stats (guest->vm, &error);
  g_autoptr (KvmStats) of_vcpu = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_autoptr (KvmStats) closed = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", kvm_stats_get_fd (of_vcpu));
  g_autofree char *target = NULL;

  kvm_stats_close (closed);
  kvm_stats_close (closed);
  assert_closed (closed, "on statistics of vCPU 0: it is closed");

  /* The kernel's vCPU is there as long as the VM. */
  kvm_test_run_to_halt (guest);
  kvm_vcpu_close (guest->vcpu);
  g_assert_cmpuint (updated_value (of_vcpu, HALTS), ==, 1);
  g_assert_null (kvm_vcpu_get_stats (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "vCPU 0: it is closed");

  kvm_vm_close (guest->vm);
  assert_closed (of_vm, "on statistics of VM: it is closed");
  assert_closed (of_vcpu, "on statistics of vCPU 0: it is closed");
  g_assert_cmpuint (kvm_stat_get_value (kvm_stats_find (of_vcpu, HALTS)), ==, 1);
  g_assert_null (kvm_vm_get_stats (guest->vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "VM: it is closed");
  /* Nothing keeps the kernel's VM. */
  target = g_file_read_link (path, NULL);
  g_assert_cmpstr (target, ==, "anon_inode:[eventfd]");

  assert_closed (never_opened, "on statistics: it was never opened");
  kvm_stats_close (never_opened);
  g_assert_null (kvm_stats_get_id (never_opened));
  g_assert_null (kvm_stats_find (never_opened, "exits"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (never_opened)), ==, 0);
  g_assert_null (kvm_stat_get_name (bare));
  g_assert_cmpuint (kvm_stat_get_value (bare), ==, 0);
}

static gpointer
update_thread (gpointer data)
{
  GError *error = NULL;

  while (kvm_stats_update (data, &error))
    ;
  return error;
}

/* A read that meets the close in the middle says so, and does not wait in the file behind it. */
static void
test_close_while_it_updates (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

  for (guint i = 0; i < kvm_test_rounds (100); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
      GThread *thread;

      g_assert_no_error (error);
      thread = g_thread_new ("update", update_thread, stats);
      for (guint j = 0; j < i % 4; j++)
        g_thread_yield (); /* which takes long where many others want to run */
      kvm_stats_close (stats);
      error = g_thread_join (thread);
      kvm_test_assert_error (error, KVM_ERROR_CLOSED, "statistics of vCPU 0: it is closed");
    }
}

static void
test_fork (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
  int fd = kvm_stats_dup_fd (stats, &error), status;
  pid_t pid;

  kvm_test_run_to_halt (guest);
  pid = fork ();
  if (pid == 0)
    {
      KvmStats *own;

      if (kvm_stats_update (stats, &error)
          || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
        _exit (1);
      g_clear_error (&error);
      if (kvm_vm_get_stats (guest->vm, &error)
          || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
        _exit (2);
      g_clear_error (&error);
      /* A file descriptor of statistics alone may come from elsewhere. */
      own = kvm_stats_new_take_fd (fd, &error);
      if (own == NULL || kvm_stat_get_value (kvm_stats_find (own, HALTS)) != 1
          || !kvm_stats_update (own, &error))
        _exit (3);
      kvm_stats_close (own);
      g_object_unref (own);
      g_object_unref (stats);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (updated_value (stats, HALTS), ==, 2);
  close (fd);
}

/* The slots go although somebody else's descriptor keeps the kernel's VM. */
static void
test_lent (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmStats) stats = kvm_vcpu_get_stats (guest->vcpu, &error);
  g_autoptr (KvmStats) taken = NULL;
  int vcpu_fd = kvm_vcpu_dup_fd (guest->vcpu, &error);
  int fd = kvm_stats_dup_fd (stats, &error);

  g_assert_no_error (error);
  close (vcpu_fd);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  fcntl (fd, F_SETFD, 0);
  taken = kvm_stats_new_take_fd (fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_stats_get_fd (taken), ==, fd);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_true (kvm_stats_get_vm (taken) == NULL && kvm_stats_get_vcpu (taken) == NULL);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (updated_value (taken, HALTS), ==, 1);
  g_assert_cmpstr (kvm_stats_get_id (taken), ==, kvm_stats_get_id (stats));

  g_clear_object (&stats);
  g_clear_pointer (&guest, kvm_test_guest_free);
  g_assert_cmpuint (updated_value (taken, HALTS), ==, 1);
  kvm_stats_close (taken);
  assert_closed (taken, "on statistics: it is closed");
}

static void
test_fds_of_others (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  int pipe_fds[2], sockets[2], vm = kvm_vm_get_fd (guest->vm), vcpu = kvm_vcpu_get_fd (guest->vcpu);

  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
  {
    int wrong[] = { -1,
                    vm,
                    vcpu,
                    pipe_fds[0],
                    pipe_fds[1],
                    sockets[0],
                    open ("/dev/null", O_RDWR | O_CLOEXEC),
                    open ("/dev/zero", O_RDWR | O_CLOEXEC),
                    open ("/", O_RDONLY | O_CLOEXEC),
                    memfd_create ("empty", MFD_CLOEXEC) };

    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
      {
        g_assert_null (kvm_stats_new_take_fd (wrong[i], &error));
        kvm_test_assert_error (error, KVM_ERROR_INVALID, "tatistics");
        if (i > 0)
          g_assert_cmpint (fcntl (wrong[i], F_GETFD), !=, -1); /* it is still ours */
      }
    for (guint i = 6; i < G_N_ELEMENTS (wrong); i++)
      close (wrong[i]);
  }
  close (pipe_fds[0]);
  close (pipe_fds[1]);
  close (sockets[0]);
  close (sockets[1]);
}

/* A file of statistics: a header, a name of 8 bytes, descriptors with names of 8 bytes, data. */
typedef struct
{
  struct kvm_stats_header header;
  char id[8];
  struct
  {
    guint32 flags;
    gint16 exponent;
    guint16 size;
    guint32 offset;
    guint32 bucket_size;
    char name[8];
  } descs[2];
  guint64 data[4];
} File;

static const File good = {
  .header = { 0, 8, 2, G_STRUCT_OFFSET (File, id), G_STRUCT_OFFSET (File, descs),
              G_STRUCT_OFFSET (File, data) },
  .id = "vm",
  .descs = { { KVM_STATS_TYPE_LINEAR_HIST | KVM_STATS_UNIT_BYTES | KVM_STATS_BASE_POW2, 10, 3, 8,
               4096, "linear" },
             { KVM_STATS_TYPE_PEAK | KVM_STATS_UNIT_CYCLES, -3, 1, 0, 0, "peak" } },
  .data = { G_MAXUINT64, 1, G_GUINT64_CONSTANT (1) << 53 | 1, 3 },
};

static int
make_file (const File *file, gsize size)
{
  int fd = memfd_create ("stats", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, file, size), ==, size);
  return fd;
}

static KvmStats *
take_file (const File *file)
{
  g_autoptr (GError) error = NULL;
  KvmStats *stats = kvm_stats_new_take_fd (make_file (file, sizeof *file), &error);

  g_assert_no_error (error);
  return stats;
}

static void
test_file (void)
{
  g_autoptr (KvmStats) stats = take_file (&good);
  KvmStat *linear = kvm_stats_find (stats, "linear");
  KvmStat *peak = kvm_stats_find (stats, "peak");
  g_autofree guint64 *values = NULL;
  gsize n;

  g_assert_cmpstr (kvm_stats_get_id (stats), ==, "vm");
  g_assert_cmpuint (kvm_stat_get_kind (linear), ==, KVM_STAT_KIND_LINEAR_HISTOGRAM);
  g_assert_cmpuint (kvm_stat_get_unit (linear), ==, KVM_STAT_UNIT_BYTES);
  g_assert_cmpuint (kvm_stat_get_base (linear), ==, 2);
  g_assert_cmpint (kvm_stat_get_exponent (linear), ==, 10);
  g_assert_cmpuint (kvm_stat_get_bucket_size (linear), ==, 4096);
  values = kvm_stat_get_values (linear, &n);
  g_assert_cmpmem (values, n * 8, good.data + 1, 24);
  g_assert_cmpuint (kvm_stat_get_value (linear), ==, 1);
  g_assert_cmpuint (kvm_stat_get_kind (peak), ==, KVM_STAT_KIND_PEAK);
  g_assert_cmpuint (kvm_stat_get_unit (peak), ==, KVM_STAT_UNIT_CYCLES);
  g_assert_cmpuint (kvm_stat_get_base (peak), ==, 10);
  g_assert_cmpint (kvm_stat_get_exponent (peak), ==, -3);
  g_assert_cmpuint (kvm_stat_get_value (peak), ==, G_MAXUINT64);
}

/* What has no name here, names that do not end, and a statistic without a value. */
static void
test_newer_kernel (void)
{
  File file = good;
  g_autoptr (KvmStats) stats = NULL;
  g_autoptr (KvmStat) first = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize n;

  file.header.flags = 0xffffffff;
  memset (file.id, 'i', 8);
  file.descs[0].flags = 0xfffff5f5;
  file.descs[0].size = 0;
  memset (file.descs[0].name, 0xff, 8);
  file.descs[1].flags = 0xfff;
  memset (file.descs[1].name, 'x', 8);
  stats = take_file (&file);
  first = g_list_model_get_item (G_LIST_MODEL (stats), 0);

  g_assert_cmpstr (kvm_stats_get_id (stats), ==, "iiiiiiii");
  g_assert_true (g_utf8_validate (kvm_stat_get_name (first), -1, NULL));
  g_assert_cmpuint (kvm_stat_get_kind (first), ==, KVM_STAT_KIND_OTHER);
  g_assert_cmpuint (kvm_stat_get_raw_kind (first), ==, 5);
  g_assert_cmpuint (kvm_stat_get_unit (first), ==, KVM_STAT_UNIT_OTHER);
  g_assert_cmpuint (kvm_stat_get_raw_unit (first), ==, 15);
  g_assert_cmpuint (kvm_stat_get_base (first), ==, 0);
  g_assert_cmpuint (kvm_stat_get_raw_base (first), ==, 5);
  g_assert_cmpuint (kvm_stat_get_value (first), ==, 0);
  g_free (kvm_stat_get_values (first, &n));
  g_assert_cmpuint (n, ==, 0);
  bytes = kvm_stat_to_bytes (first);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_cmpuint (kvm_stat_get_raw_kind (kvm_stats_find (stats, "xxxxxxxx")), ==, 15);
}

static void
test_broken_kernel (void)
{
  static const struct
  {
    gsize field; /* 32 bits of the file at this place are another number */
    guint32 number;
    const char *text;
  } tries[] = {
    { G_STRUCT_OFFSET (File, header.name_size), 0xffffffff, "name of the statistics would take" },
    { G_STRUCT_OFFSET (File, header.name_size), 1000, "end at byte 112" },
    { G_STRUCT_OFFSET (File, header.num_desc), 0xffffffff, "would take 103079215080 bytes" },
    { G_STRUCT_OFFSET (File, header.num_desc), 100, "end at byte 112" },
    { G_STRUCT_OFFSET (File, header.id_offset), 0, "overlap the header" },
    { G_STRUCT_OFFSET (File, header.id_offset), 0xffffffff, "end at byte 4294967295" },
    { G_STRUCT_OFFSET (File, header.desc_offset), 23, "overlap the header" },
    { G_STRUCT_OFFSET (File, header.desc_offset), 0xfffffff0, "end at byte 4294967280" },
    { G_STRUCT_OFFSET (File, header.data_offset), 16, "overlap the header" },
    { G_STRUCT_OFFSET (File, header.data_offset), 88, "end at byte 112" },
    { G_STRUCT_OFFSET (File, descs[1].offset), 0xffffffff, "data of the statistics would take" },
    { G_STRUCT_OFFSET (File, descs[1].offset), 25, "end at byte 112" },
    { G_STRUCT_OFFSET (File, descs[0].exponent), 0xffff0000, "end at byte 112" }, /* 65535 values */
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      File file = good;
      int fd;

      memcpy ((guint8 *) &file + tries[i].field, &tries[i].number, 4);
      fd = make_file (&file, sizeof file);
      g_assert_null (kvm_stats_new_take_fd (fd, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, tries[i].text);
      g_assert_cmpint (close (fd), ==, 0);
    }
  for (gsize size = 0; size < sizeof good; size++)
    {
      int fd = make_file (&good, size);

      g_assert_null (kvm_stats_new_take_fd (fd, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "end at byte");
      g_assert_cmpint (close (fd), ==, 0);
    }
}

/* Many descriptors of the same bytes: the values take more than all of the file. */
static void
test_large (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *data = g_malloc0 (65535 * 8);
  g_autoptr (GError) error = NULL;
  File file = good;
  int fd;

  file.header.num_desc = 20;
  file.header.data_offset
      = G_STRUCT_OFFSET (File, descs) + file.header.num_desc * sizeof file.descs[0];
  file.descs[0].size = 65535;
  g_byte_array_append (bytes, (const guint8 *) &file, G_STRUCT_OFFSET (File, descs));
  for (guint i = 0; i < file.header.num_desc; i++)
    g_byte_array_append (bytes, (const guint8 *) &file.descs[0], sizeof file.descs[0]);
  g_byte_array_append (bytes, data, 65535 * 8);
  fd = make_file ((const File *) bytes->data, bytes->len);
  g_assert_null (kvm_stats_new_take_fd (fd, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "values of the statistics would take");
  g_assert_cmpint (close (fd), ==, 0);
}

/* The values stay when a file has become shorter. */
static void
test_short_update (void)
{
  g_autoptr (KvmStats) stats = take_file (&good);
  g_autoptr (GError) error = NULL;
  guint64 value = 7;

  g_assert_cmpint (pwrite (kvm_stats_get_fd (stats), &value, 8, G_STRUCT_OFFSET (File, data)), ==,
                   8);
  g_assert_cmpuint (updated_value (stats, "peak"), ==, 7);
  value = 8;
  g_assert_cmpint (pwrite (kvm_stats_get_fd (stats), &value, 8, G_STRUCT_OFFSET (File, data)), ==,
                   8);
  g_assert_cmpint (ftruncate (kvm_stats_get_fd (stats), sizeof good - 1), ==, 0);
  g_assert_false (kvm_stats_update (stats, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "end at byte 111");
  g_assert_cmpuint (kvm_stat_get_value (kvm_stats_find (stats, "peak")), ==, 7);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/stats/counts-exits", test_counts_exits);
  kvm_test_add ("/stats/counts-mmio", test_counts_mmio);
  kvm_test_add ("/stats/is-what-the-kernel-says", test_is_what_the_kernel_says);
  kvm_test_add_for_x86 ("/stats/kinds", test_kinds_of_x86);
  kvm_test_add ("/stats/properties", test_properties);
  kvm_test_add ("/stats/notifies", test_notifies);
  kvm_test_add ("/stats/handler-does-what-it-likes", test_handler_does_what_it_likes);
  kvm_test_add ("/stats/while-it-runs", test_while_it_runs);
  kvm_test_add ("/stats/keeps-vm", test_keeps_vm);
  kvm_test_add ("/stats/close", test_close);
  kvm_test_add ("/stats/close-while-it-updates", test_close_while_it_updates);
  kvm_test_add ("/stats/fork", test_fork);
  kvm_test_add ("/stats/lent", test_lent);
  kvm_test_add ("/stats/fds-of-others", test_fds_of_others);
  kvm_test_add ("/stats/file", test_file);
  kvm_test_add ("/stats/newer-kernel", test_newer_kernel);
  kvm_test_add ("/stats/broken-kernel", test_broken_kernel);
  kvm_test_add ("/stats/large", test_large);
  kvm_test_add ("/stats/short-update", test_short_update);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes at the one moment that is worst for it. The library is linked so that some of its
 * calls go through here, where they fail or another thread acts before they return. */

#include "kvm-test.h"
#include "kvm-vm-private.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/kvm.h>

static KvmVcpu *kick_when_asked; /* when the library asks whether a cancellable is cancelled */
static KvmVcpu *kick_before_run; /* when run () is about to enter the kernel */
static KvmVcpu *kick_after_exit; /* when the guest has stopped, inside run () */
static GCancellable *cancel_after_exit;
static KvmVcpu *close_after_exit;
static KvmVcpu *kick_slowly_after_exit; /* the signal is sent when run () wants to return already */
static GThread *slow_kicker;
static gint kick_sent = -1; /* 1: about to be sent, slowly; 2: it is sent */
static gboolean fail_mmap;
static gint hold_mapping; /* 1: the next change of a slot or doorbell is to wait; 2: it waits */

int __real_ioctl (int fd, unsigned long request, unsigned long argument);
int __wrap_ioctl (int fd, unsigned long request, ...);
long __real_syscall (long number, ...);
gpointer __real_mmap64 (gpointer address, gsize length, int protection, int flags, int fd,
                        off_t offset);
gpointer __wrap_mmap64 (gpointer address, gsize length, int protection, int flags, int fd,
                        off_t offset);
long __wrap_syscall (long number, ...);
gboolean __real_g_cancellable_is_cancelled (GCancellable *cancellable);
gboolean __wrap_g_cancellable_is_cancelled (GCancellable *cancellable);

static gpointer
kick_thread (gpointer data)
{
  kvm_vcpu_kick (data);
  return NULL;
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static gpointer
close_thread (gpointer data)
{
  kvm_vcpu_close (data);
  return NULL;
}

long
__wrap_syscall (long number, ...)
{
  long a, b, c, d, ret;
  va_list args;

  va_start (args, number);
  a = va_arg (args, long);
  b = va_arg (args, long);
  c = va_arg (args, long);
  d = va_arg (args, long);
  va_end (args);

  if (number == SYS_tgkill && g_atomic_int_compare_and_exchange (&kick_sent, 0, 1))
    {
      g_usleep (50000);
      ret = __real_syscall (number, a, b, c, d);
      g_atomic_int_set (&kick_sent, 2);
      return ret;
    }
  return __real_syscall (number, a, b, c, d);
}

int
__wrap_ioctl (int fd, unsigned long request, ...)
{
  unsigned long argument;
  va_list args;
  int ret;

  va_start (args, request);
  argument = va_arg (args, unsigned long);
  va_end (args);

  if ((request == KVM_SET_USER_MEMORY_REGION || request == KVM_IOEVENTFD)
      && g_atomic_int_compare_and_exchange (&hold_mapping, 1, 2))
    while (g_atomic_int_get (&hold_mapping) == 2)
      g_usleep (100);

  if (request == KVM_RUN && kick_before_run != NULL)
    g_thread_join (g_thread_new ("kicker", kick_thread, g_steal_pointer (&kick_before_run)));

  ret = __real_ioctl (fd, request, argument);
  if (request == KVM_RUN && kick_after_exit != NULL)
    g_thread_join (g_thread_new ("kicker", kick_thread, g_steal_pointer (&kick_after_exit)));
  if (request == KVM_RUN && close_after_exit != NULL)
    g_thread_join (g_thread_new ("closer", close_thread, g_steal_pointer (&close_after_exit)));
  if (request == KVM_RUN && kick_slowly_after_exit != NULL)
    {
      g_atomic_int_set (&kick_sent, 0);
      slow_kicker = g_thread_new ("kicker", kick_thread, g_steal_pointer (&kick_slowly_after_exit));
      while (g_atomic_int_get (&kick_sent) != 1)
        g_usleep (100);
    }
  if (request == KVM_RUN && cancel_after_exit != NULL)
    g_thread_join (g_thread_new ("canceller", cancel_thread, g_steal_pointer (&cancel_after_exit)));
  return ret;
}

gboolean
__wrap_g_cancellable_is_cancelled (GCancellable *cancellable)
{
  gboolean ret = __real_g_cancellable_is_cancelled (cancellable);

  if (kick_when_asked != NULL && !ret)
    g_thread_join (g_thread_new ("kicker", kick_thread, g_steal_pointer (&kick_when_asked)));
  return ret;
}

/* A kick that comes while run () lets go of what a cancellable left behind. */
static void
test_kick_at_a_reset (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  kvm_vcpu_run (guest->vcpu, cancellable, &error);
  g_cancellable_reset (cancellable);
  kick_when_asked = guest->vcpu;
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
}

/* A kick whose signal is handled before the guest is entered ends the run all the same, and only
 * that one. */
static void
test_kick_at_the_door (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);

  kick_before_run = guest->vcpu;
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
}

/* A kick that comes with an exit of the guest's ends the next run, and only that. */
static void
test_kick_with_an_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);

  kick_after_exit = guest->vcpu;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
}

/* run () does not return before a signal that is on its way has come: none reaches the program. */
static void
test_slow_signal (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  const struct timespec moment = { 0, 20000000 };

  kick_slowly_after_exit = guest->vcpu;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpint (g_atomic_int_get (&kick_sent), ==, 2);
  g_assert_cmpint (nanosleep (&moment, NULL), ==, 0); /* not interrupted */
  g_thread_join (slow_kicker);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
}

/* A vCPU that is closed with an exit of the guest's is closed. */
static void
test_close_with_an_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;

  close_after_exit = guest->vcpu;
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
}

/* A cancellable that is cancelled with an exit of the guest's does not end a run without it. */
static void
test_cancel_with_an_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  cancel_after_exit = cancellable;
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==, KVM_TEST_REASON_IO);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
}

/* What mmap () is where files have 64-bit sizes. */
gpointer
__wrap_mmap64 (gpointer address, gsize length, int protection, int flags, int fd, off_t offset)
{
  if (fail_mmap)
    {
      errno = ENOMEM;
      return MAP_FAILED;
    }
  return __real_mmap64 (address, length, protection, flags, fd, offset);
}

/* That nothing is left behind is seen by kvm_test_add (). */
static void
test_no_room_to_map (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  int fd = kvm_vcpu_dup_fd (guest->vcpu, &error);
  gsize length;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  fail_mmap = TRUE;
  g_assert_null (kvm_vm_create_vcpu (guest->vm, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "run page");
  g_assert_null (kvm_memory_new (0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "4096 bytes");
  g_assert_null (kvm_memory_new_memfd (0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "4096 bytes");
  g_assert_null (kvm_exit_copy (guest->exit, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "copy of an exit");
  g_assert_null (kvm_vcpu_get_attribute (guest->vcpu, 0, 0, 8, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "attribute");
  g_assert_null (kvm_vcpu_new_take_fd (guest->vm, 0, fd, &error));
  g_clear_error (&error);
  kvm_vcpu_close (guest->vcpu); /* the page stays for the exit alone */
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
  fail_mmap = FALSE;
  g_assert_cmpint (close (fd), ==, 0); /* it stayed ours */
}

static gpointer
map_thread (gpointer data)
{
  KvmTestGuest *guest = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (guest->vm, 0x100000, memory, 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (slot);
  return NULL;
}

/* Forked while another thread holds the VM's lock, a child can still let go of everything. */
static void
test_fork_while_mapping (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
      GThread *thread;
      int status;
      pid_t pid;

      g_atomic_int_set (&hold_mapping, 1);
      thread = g_thread_new ("mapper", map_thread, guest);
      while (g_atomic_int_get (&hold_mapping) != 2)
        g_usleep (100);

      pid = fork ();
      if (pid == 0)
        {
          GError *error = NULL;

          alarm (10);
          if (kvm_memory_slot_remove (guest->slot, &error)
              || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
            _exit (1);
          if (kvm_memory_slot_get_memory (guest->slot) != NULL)
            _exit (2);
          if (i == 0)
            kvm_vm_close (guest->vm);
          kvm_test_guest_free (guest);
          _exit (0);
        }
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_cmpint (status, ==, 0);

      g_atomic_int_set (&hold_mapping, 0);
      g_thread_join (thread);
    }
}

static gpointer
remove_doorbell_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_doorbell_remove (data, &error));
  g_assert_no_error (error);
  return NULL;
}

/* The same while another thread removes a doorbell. */
static void
test_fork_while_removing (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
      g_autoptr (GError) add_error = NULL;
      g_autoptr (KvmDoorbell) doorbell
          = kvm_vm_add_doorbell (guest->vm, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1, &add_error);
      GThread *thread;
      int status;
      pid_t pid;

      g_assert_no_error (add_error);
      g_atomic_int_set (&hold_mapping, 1);
      thread = g_thread_new ("remover", remove_doorbell_thread, doorbell);
      while (g_atomic_int_get (&hold_mapping) != 2)
        g_usleep (100);

      pid = fork ();
      if (pid == 0)
        {
          GError *error = NULL;

          alarm (10);
          if (kvm_doorbell_remove (doorbell, &error)
              || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
            _exit (1);
          if (kvm_doorbell_get_fd (doorbell) != -1 || kvm_doorbell_get_count (doorbell) != 0)
            _exit (2);
          if (i == 0)
            kvm_vm_close (guest->vm);
          g_object_unref (doorbell);
          kvm_test_guest_free (guest);
          _exit (0);
        }
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_cmpint (status, ==, 0);

      g_atomic_int_set (&hold_mapping, 0);
      g_thread_join (thread);
    }
}

static void
on_runner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KvmExit) exit G_GNUC_UNUSED
      = kvm_runner_run_finish (KVM_RUNNER (source), result, NULL);
  gboolean *is_over = user_data;

  *is_over = TRUE;
}

/* A runner is stopped while its thread is about to run the vCPU, and a run here comes before it,
 * which the stop ends: it must end the runner's, too. */
static void
test_stop_of_runner (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancelled); /* so that a run here ends at once in any case */
  kvm_runner_add_vcpu (runner, guest->vcpu, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 200; i++)
    {
      gboolean is_over = FALSE;

      kvm_runner_run_async (runner, NULL, on_runner, &is_over);
      kvm_runner_stop (runner);
      kvm_vcpu_run (guest->vcpu, cancelled, NULL);
      while (!is_over)
        g_main_context_iteration (NULL, TRUE);
    }
}

typedef struct
{
  KvmVm *vm;
  GPtrArray *vcpus; /* as a saved state finds them */
} Finder;

static void
look_again (gpointer data, GObject *vcpu)
{
  Finder *self = data;

  g_ptr_array_unref (self->vcpus);
  self->vcpus = _kvm_vm_get_vcpus (self->vm);
}

/* Who found a vCPU lets go of it while it is disposed of: then nobody finds it any more, for it is
 * about to be finalized. */
static void
test_found_while_let_go_of (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmVcpu *vcpu = kvm_vm_create_vcpu (guest->vm, 1, &error);
  Finder finder = { guest->vm, _kvm_vm_get_vcpus (guest->vm) };

  g_assert_no_error (error);
  g_assert_cmpuint (finder.vcpus->len, ==, 2);
  g_object_weak_ref (G_OBJECT (vcpu), look_again, &finder);
  g_object_unref (vcpu);
  g_assert_cmpuint (finder.vcpus->len, ==, 1);
  g_ptr_array_unref (finder.vcpus);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/races/kick-at-a-reset", test_kick_at_a_reset);
  kvm_test_add ("/races/kick-at-the-door", test_kick_at_the_door);
  kvm_test_add ("/races/kick-with-an-exit", test_kick_with_an_exit);
  kvm_test_add ("/races/slow-signal", test_slow_signal);
  kvm_test_add ("/races/close-with-an-exit", test_close_with_an_exit);
  kvm_test_add ("/races/cancel-with-an-exit", test_cancel_with_an_exit);
  kvm_test_add ("/races/no-room-to-map", test_no_room_to_map);
  kvm_test_add ("/races/fork-while-mapping", test_fork_while_mapping);
  kvm_test_add ("/races/fork-while-removing", test_fork_while_removing);
  kvm_test_add ("/races/stop-of-runner", test_stop_of_runner);
  kvm_test_add ("/races/found-while-let-go-of", test_found_while_let_go_of);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* benchmark-time [MILLISECONDS]: how long things take on the real KVM, with the library and with
 * bare ioctls. Both do the same by turns, for so long at a time. Prints, for each thing, lines
 *
 *   KEY LIBRARY-NS BARE-NS RATIO SPREAD
 *
 * where the times are medians of the turns, and the spread is half of what the middle half of the
 * ratios of neighbouring turns is apart, in parts of the ratio. */

#include "kvm-test.h"
#include "serial.h"
#include "turns.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#define N_DEFAULT 20

/* A guest, and the same made with bare ioctls. */
typedef struct
{
  KvmTestGuest *guest;
  int system, vm, vcpu;
  gpointer memory;
  struct kvm_run *run;
} Pair;

static int
check (int result, const char *what)
{
  if (result == -1)
    g_error ("%s: %s", what, g_strerror (errno));
  return result;
}

#define MEMORY 0x8000

static void
make_bare_vm (Pair *self)
{
  struct kvm_userspace_memory_region region = { .memory_size = MEMORY };

  self->vm = check (ioctl (self->system, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
  self->memory = mmap (NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  region.userspace_addr = (gulong) self->memory;
  check (ioctl (self->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
  self->vcpu = check (ioctl (self->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
  self->run = mmap (NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, self->vcpu, 0);
  if (self->memory == MAP_FAILED || self->run == MAP_FAILED)
    g_error ("mmap (): %s", g_strerror (errno));
}

static void
free_bare_vm (Pair *self)
{
  munmap (self->run, 12288);
  close (self->vcpu);
  close (self->vm);
  munmap (self->memory, MEMORY);
}

static void
pair_init (Pair *self)
{
  struct kvm_regs regs = { .rip = KVM_TEST_ENTRY, .rflags = 2 };
  struct kvm_sregs sregs;

  self->guest = KVM_TEST_GUEST (chatter);
  self->system = check (open ("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
  make_bare_vm (self);
  memcpy ((guint8 *) self->memory + KVM_TEST_ENTRY, guest_chatter,
          guest_chatter_end - guest_chatter);
  check (ioctl (self->vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
  sregs.cs.base = sregs.cs.selector = 0;
  check (ioctl (self->vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
  check (ioctl (self->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void
pair_clear (Pair *self)
{
  free_bare_vm (self);
  close (self->system);
  kvm_test_guest_free (self->guest);
}

static void
run_exit (Pair *self)
{
  kvm_test_run (self->guest, KVM_EXIT_REASON_IO);
}

static void
run_bare_exit (Pair *self)
{
  check (ioctl (self->vcpu, KVM_RUN, 0), "KVM_RUN");
  g_assert (self->run->exit_reason == KVM_EXIT_IO);
}

static void
get_regs (Pair *self)
{
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_x86_get_regs (self->guest->vcpu, &regs, NULL));
}

static void
get_bare_regs (Pair *self)
{
  struct kvm_regs regs;

  check (ioctl (self->vcpu, KVM_GET_REGS, &regs), "KVM_GET_REGS");
}

static void
set_regs (Pair *self)
{
  const KvmX86Regs regs = { .rip = KVM_TEST_ENTRY, .rflags = 2 };

  g_assert_true (kvm_vcpu_x86_set_regs (self->guest->vcpu, &regs, NULL));
}

static void
set_bare_regs (Pair *self)
{
  const struct kvm_regs regs = { .rip = KVM_TEST_ENTRY, .rflags = 2 };

  check (ioctl (self->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void
run_exit_with_regs (Pair *self)
{
  KvmX86Regs regs;

  run_exit (self);
  g_assert_true (kvm_vcpu_x86_get_regs (self->guest->vcpu, &regs, NULL));
  regs.rax++;
  g_assert_true (kvm_vcpu_x86_set_regs (self->guest->vcpu, &regs, NULL));
}

static void
run_bare_exit_with_regs (Pair *self)
{
  struct kvm_regs regs;

  run_bare_exit (self);
  check (ioctl (self->vcpu, KVM_GET_REGS, &regs), "KVM_GET_REGS");
  regs.rax++;
  check (ioctl (self->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void
make_vm (Pair *self)
{
  g_autoptr (KvmVm) vm = kvm_system_create_vm (self->guest->system, NULL);
  g_autoptr (KvmMemory) memory = kvm_memory_new (MEMORY, NULL);
  g_autoptr (KvmMemorySlot) slot
      = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, NULL);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, 0, NULL);

  g_assert_true (slot != NULL && vcpu != NULL);
}

static void
make_bare_vm_once (Pair *self)
{
  Pair other = { .system = self->system };

  make_bare_vm (&other);
  free_bare_vm (&other);
}

static void
save_and_restore (Pair *self)
{
  benchmark_state_with_library ();
}

static void
save_and_restore_bare (Pair *self)
{
  benchmark_state_with_ioctls ();
}

static void
write_serial (Pair *self)
{
  benchmark_serial_with_library ();
}

static void
write_serial_bare (Pair *self)
{
  benchmark_serial_with_ioctls ();
}

/* Those without an exit come first: after one, registers need no ioctl. */
static const struct
{
  const char *key;
  void (*library) (Pair *self);
  void (*bare) (Pair *self);
} things[] = {
  { "get-regs", get_regs, get_bare_regs },
  { "set-regs", set_regs, set_bare_regs },
  { "exit", run_exit, run_bare_exit },
  { "exit-with-regs", run_exit_with_regs, run_bare_exit_with_regs },
  { "vm", make_vm, make_bare_vm_once },
  { "state", save_and_restore, save_and_restore_bare },
  { "serial", write_serial, write_serial_bare },
};

/* What a VM with a vCPU has on the heap, without the pages of KVM. */
static double
measure_heap (KvmSystem *system)
{
  enum
  {
    N = 100
  };
  KvmVcpu *vcpus[N];
  gsize before = mallinfo2 ().uordblks, after;

  for (guint i = 0; i < N; i++)
    {
      g_autoptr (KvmVm) vm = kvm_system_create_vm (system, NULL);

      vcpus[i] = kvm_vm_create_vcpu (vm, 0, NULL);
      g_assert_nonnull (vcpus[i]);
    }
  after = mallinfo2 ().uordblks;
  for (guint i = 0; i < N; i++)
    g_object_unref (vcpus[i]);
  return (double) (after - before) / N;
}

int
main (int argc, char **argv)
{
  guint64 time = N_DEFAULT;
  Pair pair;

  if (argc > 2 || (argc == 2 && !g_ascii_string_to_unsigned (argv[1], 10, 1, 10000, &time, NULL)))
    {
      fprintf (stderr, "Usage: %s [MILLISECONDS]\n", argv[0]);
      return 2;
    }
  alarm (600);

  pair_init (&pair);
  g_object_unref (kvm_system_create_vm (pair.guest->system, NULL)); /* what is made once */
  printf ("heap %.0f\n", measure_heap (pair.guest->system));
  benchmark_state_init ();
  benchmark_serial_init ();
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    measure_by_turns (things[i].key, (Thing) things[i].library, (Thing) things[i].bare, &pair,
                      time);
  pair_clear (&pair);
  return 0;
}

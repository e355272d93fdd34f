/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* load [CYCLES [VMS [VCPUS]]]: makes, runs and drops so many virtual machines one after the other,
 * and then so many at once; and at last one with as many vCPUs, or what the host gives. What the
 * process holds must be the same at the end. */

#include "../footprint.h"
#include "../kvm-test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N_CYCLES 100000
#define N_VMS 1000
#define N_WARM_UP 100

static double
seconds_since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / (double) G_TIME_SPAN_SECOND;
}

static void
run_one (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

  kvm_test_run_to_halt (guest);
}

static void
run_cycles (guint64 n_cycles)
{
  Footprint before, after;
  gint64 begun;

  for (guint i = 0; i < N_WARM_UP; i++)
    run_one ();
  footprint_take (&before);
  footprint_print (&before, "before");
  begun = g_get_monotonic_time ();
  for (guint64 i = 0; i < n_cycles; i++)
    run_one ();
  footprint_take (&after);
  footprint_print (&after, "after the cycles");
  printf ("%" G_GUINT64_FORMAT " cycles in %.1f s\n", n_cycles, seconds_since (begun));
  footprint_assert_flat (&before, &after);
}

static void
make_many (guint n)
{
  g_autofree KvmTestGuest **guests = g_new (KvmTestGuest *, n);
  Footprint during;

  for (guint i = 0; i < n; i++)
    guests[i] = KVM_TEST_GUEST (halt);
  for (guint i = 0; i < n; i++)
    kvm_test_run_to_halt (guests[i]);
  footprint_take (&during);
  footprint_print (&during, "all at once");
  for (guint i = 0; i < n; i++)
    kvm_test_guest_free (guests[i]);
}

/* Twice: tables that have grown once stay so. */
static void
run_many (guint n)
{
  Footprint before, after;
  gint64 begun = g_get_monotonic_time ();

  make_many (n);
  footprint_take (&before);
  make_many (n);
  footprint_take (&after);
  footprint_print (&after, "after them");
  printf ("%u virtual machines at once, twice in %.1f s\n", n, seconds_since (begun));
  footprint_assert_flat (&before, &after);
}

/* Adds vCPUs to a guest that has one, and runs them all. */
static guint
run_vcpus (guint n)
{
  g_autoptr (GPtrArray) vcpus = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

  while (vcpus->len + 1 < n)
    {
      g_autoptr (GError) error = NULL;
      KvmVcpu *vcpu = kvm_vm_create_vcpu (guest->vm, vcpus->len + 1, &error);

      g_assert_no_error (error);
      g_ptr_array_add (vcpus, vcpu);
      kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
    }
  kvm_test_run_to_halt (guest);
  for (guint i = 0; i < vcpus->len; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (kvm_vcpu_run (vcpus->pdata[i], NULL, &error), ==, KVM_TEST_REASON_HALT);
      g_assert_no_error (error);
    }
  return vcpus->len + 1;
}

static void
run_all_vcpus (guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  Footprint before, after;
  gint64 begun;
  int n;

  g_assert_no_error (error);
  n = kvm_system_get_max_vcpus (system, &error);
  g_assert_no_error (error);

  begun = g_get_monotonic_time ();
  run_vcpus (MIN ((guint) n, limit));
  footprint_take (&before);
  n = run_vcpus (MIN ((guint) n, limit));
  footprint_take (&after);
  footprint_print (&after, "after the vCPUs");
  printf ("%d vCPUs, twice in %.1f s\n", n, seconds_since (begun));
  footprint_assert_flat (&before, &after);
}

int
main (int argc, char **argv)
{
  guint64 n_cycles = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : N_CYCLES;
  guint n_vms = argc > 2 ? strtoul (argv[2], NULL, 10) : N_VMS;
  guint n_vcpus = argc > 3 ? strtoul (argv[3], NULL, 10) : G_MAXUINT;
  guint fd_limit = footprint_raise_fd_limit ();

  if (argc > 4 || n_cycles == 0 || n_vms == 0 || n_vcpus == 0)
    {
      fprintf (stderr, "Usage: %s [CYCLES [VMS [VCPUS]]]\n", argv[0]);
      return 2;
    }

  alarm (argc > 1 ? 140 : 0);
  run_cycles (n_cycles);
  /* Each has fds of the system, the VM and the vCPU. */
  run_many (MIN (n_vms, fd_limit / 3 - 20));
  run_all_vcpus (MIN (n_vcpus, fd_limit - 20));
  return 0;
}

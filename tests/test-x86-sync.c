/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Registers that are exchanged through the run page are those that the plain ioctls would show. */

#include "kvm-test.h"

#include <string.h>

#define N_STEPS 3000

/* Two guests of the same code. The second one's fd is lent, so that every call on it is an ioctl.
 */
typedef struct
{
  KvmTestGuest *guests[2];
  GRand *random;
} Pair;

static Pair
pair_new (void)
{
  guint32 seed = g_test_rand_int ();
  Pair self = { { KVM_TEST_GUEST (mix), KVM_TEST_GUEST (mix) }, g_rand_new_with_seed (seed) };

  g_test_message ("seed %u", seed);
  g_assert_cmpint (kvm_vcpu_get_fd (self.guests[1]->vcpu), !=, -1);
  return self;
}

static void
pair_clear (Pair *self)
{
  kvm_test_guest_free (self->guests[0]);
  kvm_test_guest_free (self->guests[1]);
  g_rand_free (self->random);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
run (Pair *self)
{
  KvmExitReason reasons[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      reasons[i] = kvm_vcpu_run (self->guests[i]->vcpu, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (reasons[0], ==, reasons[1]);
  if (reasons[0] == KVM_EXIT_REASON_IO)
    g_assert_cmphex (kvm_exit_get_value (self->guests[0]->exit), ==,
                     kvm_exit_get_value (self->guests[1]->exit));
}

static void
compare_regs (Pair *self)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs[2];

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (kvm_vcpu_x86_get_regs (self->guests[i]->vcpu, &regs[i], &error));
      g_assert_no_error (error);
    }
  g_assert_cmpmem (&regs[0], sizeof regs[0], &regs[1], sizeof regs[1]);
}

static void
compare_sregs (Pair *self)
{
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs[2];

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (kvm_vcpu_x86_get_sregs (self->guests[i]->vcpu, &sregs[i], &error));
      g_assert_no_error (error);
    }
  g_assert_cmpmem (&sregs[0], sizeof sregs[0], &sregs[1], sizeof sregs[1]);
}

static void
compare_events (Pair *self)
{
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events[2];

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (kvm_vcpu_x86_get_vcpu_events (self->guests[i]->vcpu, &events[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (kvm_x86_vcpu_events_equal (&events[0], &events[1]));
}

static guint64
random_64 (Pair *self)
{
  return (guint64) g_rand_int (self->random) << 32 | g_rand_int (self->random);
}

static void
set_regs (Pair *self)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_x86_get_regs (self->guests[0]->vcpu, &regs, &error));
  regs.rax = random_64 (self);
  regs.rbx = random_64 (self);
  regs.rcx = random_64 (self);
  regs.rbp = random_64 (self);
  regs.r8 = random_64 (self);
  regs.r15 = random_64 (self);
  regs.rflags = g_rand_int (self->random) & 0x8d5; /* the arithmetic ones */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (kvm_vcpu_x86_set_regs (self->guests[i]->vcpu, &regs, &error));
      g_assert_no_error (error);
    }
}

static void
set_sregs (Pair *self)
{
  guint16 selector = g_rand_int (self->random);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      KvmX86Sregs sregs;

      g_assert_true (kvm_vcpu_x86_get_sregs (self->guests[i]->vcpu, &sregs, &error));
      sregs.fs.selector = selector;
      sregs.fs.base = selector << 4;
      g_assert_true (kvm_vcpu_x86_set_sregs (self->guests[i]->vcpu, &sregs, &error));
      g_assert_no_error (error);
    }
}

static void
do_others (Pair *self)
{
  guint what = g_rand_int_range (self->random, 0, 5);

  for (guint i = 0; i < 2; i++)
    {
      KvmVcpu *vcpu = self->guests[i]->vcpu;
      g_autoptr (GError) error = NULL;
      KvmVcpuState state;

      switch (what)
        {
        case 0:
          kvm_vcpu_kick (vcpu);
          break;
        case 1:
          g_assert_cmpint (kvm_vcpu_complete_pending (vcpu, &error), ==,
                           KVM_EXIT_REASON_INTERRUPTED);
          break;
        case 2:
          kvm_vcpu_get_mp_state (vcpu, &state, &error);
          break;
        case 3:
          kvm_vcpu_set_mp_state (vcpu, KVM_VCPU_STATE_RUNNABLE, &error);
          break;
        default:
          kvm_vcpu_set_guest_debug (vcpu, KVM_GUEST_DEBUG_FLAGS_NONE, NULL, 0, &error);
        }
      g_assert_no_error (error);
    }
}

static void
test_random (void)
{
  g_auto (Pair) pair = pair_new ();

  for (guint i = 0; i < N_STEPS; i++)
    switch (g_rand_int_range (pair.random, 0, 12))
      {
      case 0:
        do_others (&pair);
        break;
      case 1:
        set_sregs (&pair);
        break;
      case 2:
      case 3:
        compare_sregs (&pair);
        break;
      case 4:
      case 5:
        set_regs (&pair);
        break;
      case 6:
        compare_events (&pair);
        break;
      case 7:
        compare_regs (&pair);
        break;
      default:
        run (&pair);
      }
}

/* What was set in the page is there for whoever gets the fd. */
static void
test_lent (void)
{
  g_auto (Pair) pair = pair_new ();

  run (&pair);
  compare_regs (&pair);
  run (&pair);
  compare_regs (&pair);
  set_regs (&pair);
  g_assert_cmpint (kvm_vcpu_get_fd (pair.guests[0]->vcpu), !=, -1);
  compare_regs (&pair);
  run (&pair);
  compare_regs (&pair);
}

/* While the guest is stepped, and after it. */
static void
test_stepped (void)
{
  g_auto (Pair) pair = pair_new ();

  for (guint i = 0; i < 40; i++)
    {
      KvmGuestDebugFlags flags
          = i / 10 % 2 == 0 ? KVM_GUEST_DEBUG_FLAGS_NONE
                            : KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP;

      for (guint j = 0; i % 10 == 0 && j < 2; j++)
        g_assert_true (kvm_vcpu_set_guest_debug (pair.guests[j]->vcpu, flags, NULL, 0, NULL));
      run (&pair);
      for (guint j = 0; j < 2; j++)
        {
          compare_regs (&pair);
          compare_sregs (&pair);
        }
      if (i % 3 == 0)
        set_regs (&pair);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-sync/random", test_random);
  kvm_test_add ("/x86-sync/lent", test_lent);
  kvm_test_add ("/x86-sync/stepped", test_stepped);
  return g_test_run ();
}

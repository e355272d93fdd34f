/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The saved state of a guest that has halted. */

#include "x86-guest.h"

/* It was moved then, and is moved again with an interrupt pending. */
static void
test_halted (void)
{
  KvmTestGuest *guest = kvm_test_x86_run_to_service ();

  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_x86_move (&guest, kvm_test_x86_service_guest_new ());
  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_x86_run_to (guest, 0x65, 2);
  kvm_test_x86_run_to (guest, 0xf4, 2);
  g_assert_false (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_guest_free (guest);
}

int
main (int argc, char *argv[])
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-state/halted", test_halted);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library hands to the kernel about memory, byte by byte, under the null KVM: most kernels
 * lack a part of it. The bytes are worked out by hand from api.rst and the layouts there. */

#include "null-test.h"

static void
test_guest_memfd (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemory) memfd = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  guint64 value;

  if (!in_process (NULL, NULL))
    return;

  /* size, flags, and six words of nothing */
  machine = machine_new ();
  memfd = kvm_vm_create_guest_memfd (
      machine->vm, 0x4000, KVM_GUEST_MEMFD_FLAGS_MMAP | KVM_GUEST_MEMFD_FLAGS_INIT_SHARED, &error);
  g_assert_no_error (error);
  assert_request ("KVM_CREATE_GUEST_MEMFD", "0040000000000000"
                                            "0300000000000000"
                                            "0000000000000000"
                                            "0000000000000000"
                                            "0000000000000000"
                                            "0000000000000000"
                                            "0000000000000000"
                                            "0000000000000000");
  g_assert_true (kvm_memory_write_u64_le (memfd, 0x3ff8, 5, &error));
  g_assert_true (kvm_memory_read_u64_le (memfd, 0x3ff8, &value, &error));
  g_assert_cmpuint (value, ==, 5);

  /* slot 0 of address space 1, flags 5, guest address, length, where in the process; offset and
   * number of the guest_memfd; nothing */
  memory = kvm_memory_new (0x3000, &error);
  slot = kvm_vm_add_memory_full (machine->vm, 0x123450000, memory, 0x1000, 0x2000,
                                 KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, 1, memfd, 0x2000, &error);
  g_assert_no_error (error);
  expected = g_strdup_printf ("00000100"
                              "05000000"
                              "0000452301000000"
                              "0020000000000000"
                              "%016" G_GINT64_MODIFIER "x"
                              "0020000000000000"
                              "%08x"
                              "00000000"
                              "0000000000000000",
                              GUINT64_SWAP_LE_BE ((gsize) kvm_memory_get_pointer (memory) + 0x1000),
                              GUINT32_SWAP_LE_BE (kvm_memory_get_fd (memfd)));
  assert_request_starts ("KVM_SET_USER_MEMORY_REGION2", expected);
  g_assert_cmpuint (count_requests ("KVM_SET_USER_MEMORY_REGION"), ==, 0);

  /* It is deleted the old way. */
  g_assert_true (kvm_memory_slot_remove (slot, &error));
  assert_request_starts ("KVM_SET_USER_MEMORY_REGION", "00000100"
                                                       "00000000"
                                                       "0000452301000000"
                                                       "0000000000000000");
}

static void
test_attributes (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  /* address, size, attributes, flags */
  machine = machine_new ();
  g_assert_true (kvm_vm_set_memory_attributes (machine->vm, 0x123450000, 0x5000,
                                               KVM_MEMORY_ATTRIBUTES_PRIVATE, &error));
  assert_request ("KVM_SET_MEMORY_ATTRIBUTES", "0000452301000000"
                                               "0050000000000000"
                                               "0800000000000000"
                                               "0000000000000000");
  g_assert_true (
      kvm_vm_set_memory_attributes (machine->vm, 0, 0x1000, KVM_MEMORY_ATTRIBUTES_NONE, &error));
  assert_request ("KVM_SET_MEMORY_ATTRIBUTES", "0000000000000000"
                                               "0010000000000000"
                                               "0000000000000000"
                                               "0000000000000000");
  g_assert_no_error (error);
}

static void
test_pre_fault (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_bytes;

  if (!in_process (NULL, NULL))
    return;

  /* address, size, flags, nothing; the kernel maps a part at a time */
  machine = machine_new ();
  g_assert_true (
      kvm_vcpu_pre_fault_memory (machine->vcpu, 0x123400000, 0x401000, &n_bytes, &error));
  g_assert_no_error (error);
  g_assert_cmphex (n_bytes, ==, 0x401000);
  g_assert_cmpuint (count_requests ("KVM_PRE_FAULT_MEMORY"), ==, 3);
  assert_request ("KVM_PRE_FAULT_MEMORY", "0000802301000000"
                                          "0010000000000000"
                                          "0000000000000000"
                                          "0000000000000000"
                                          "0000000000000000"
                                          "0000000000000000"
                                          "0000000000000000"
                                          "0000000000000000");
}

static void
test_pre_fault_partial (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_bytes;

  if (!in_process ("NULL_KVM_FAIL", "KVM_PRE_FAULT_MEMORY:ENOENT:2"))
    return;

  machine = machine_new ();
  g_assert_false (kvm_vcpu_pre_fault_memory (machine->vcpu, 0x1000, 0x300000, &n_bytes, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_PARTIAL);
  g_assert_nonnull (g_strrstr (error->message, "at 0x201000, after 0x200000 of 0x300000 bytes"));
  g_assert_cmphex (n_bytes, ==, 0x200000);
}

static void
test_pre_fault_refused (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_bytes = 7;

  if (!in_process ("NULL_KVM_FAIL", "KVM_PRE_FAULT_MEMORY:ENOENT"))
    return;

  machine = machine_new ();
  g_assert_false (kvm_vcpu_pre_fault_memory (machine->vcpu, 0x1000, 0x300000, &n_bytes, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_FOUND);
  g_assert_cmphex (n_bytes, ==, 0);
}

/* A kernel without guest_memfd, whatever else it has. */
static void
test_without (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "234=0"))
    return;

  g_setenv ("NULL_KVM_FAIL", "KVM_CREATE_GUEST_MEMFD:EINVAL", TRUE);
  machine = machine_new ();
  g_assert_null (kvm_vm_create_guest_memfd (machine->vm, 0x1000, 0, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (g_strrstr (error->message, "KVM_CAP_GUEST_MEMFD is 0"));
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests-memory/guest-memfd", test_guest_memfd);
  g_test_add_func ("/requests-memory/attributes", test_attributes);
  g_test_add_func ("/requests-memory/pre-fault", test_pre_fault);
  g_test_add_func ("/requests-memory/pre-fault-partial", test_pre_fault_partial);
  g_test_add_func ("/requests-memory/pre-fault-refused", test_pre_fault_refused);
  g_test_add_func ("/requests-memory/without-guest-memfd", test_without);
  return null_test_run ();
}

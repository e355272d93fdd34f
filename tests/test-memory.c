/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
test_read_and_write (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x2000, &error);
  g_autofree guint8 *bytes = NULL;
  guint64 size;
  guint8 buffer[4];
  gsize length;

  g_assert_no_error (error);
  g_assert_cmpuint (kvm_memory_get_size (memory), ==, 0x2000);
  g_object_get (memory, "size", &size, NULL);
  g_assert_cmpuint (size, ==, 0x2000);
  g_assert_cmpint (kvm_memory_get_fd (memory), ==, -1);

  g_assert_true (kvm_memory_write (memory, 0x1ffc, (const guint8 *) "abcd", 4, &error));
  g_assert_true (kvm_memory_read (memory, 0x1ffc, buffer, 4, &error));
  g_assert_cmpmem (buffer, 4, "abcd", 4);
  g_assert_true (kvm_memory_fill (memory, 0x1ffd, 2, 'x', &error));
  bytes = kvm_memory_read_bytes (memory, 0x1ffb, 5, &length, &error);
  g_assert_cmpmem (bytes, length, "\0axxd", 5);
  g_assert_cmpmem ((guint8 *) kvm_memory_get_pointer (memory) + 0x1ffc, 4, "axxd", 4);

  /* Nothing at the very end is fine. */
  g_assert_true (kvm_memory_write (memory, 0x2000, NULL, 0, &error));
  g_assert_true (kvm_memory_read (memory, 0x2000, NULL, 0, &error));
  g_assert_true (kvm_memory_fill (memory, 0x2000, 0, 1, &error));
  g_assert_no_error (error);
}

static void
test_bounds (void)
{
  static const struct
  {
    guint64 offset;
    guint64 length;
  } outside[] = {
    { 0x1000, 1 },      { 0xfff, 2 },           { 0, 0x1001 },
    { G_MAXUINT64, 1 }, { 1, G_MAXUINT64 },     { G_MAXUINT64, G_MAXUINT64 },
    { 0x1001, 0 },      { G_MAXUINT64 - 1, 2 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);
  guint8 byte = 0;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      g_assert_false (
          kvm_memory_read (memory, outside[i].offset, &byte, outside[i].length, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within the memory's 0x1000 bytes");
      g_assert_false (
          kvm_memory_write (memory, outside[i].offset, &byte, outside[i].length, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
      g_assert_false (kvm_memory_fill (memory, outside[i].offset, outside[i].length, 1, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
      length = 7;
      g_assert_null (
          kvm_memory_read_bytes (memory, outside[i].offset, outside[i].length, &length, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
      g_assert_cmpuint (length, ==, 0);
    }
}

static void
test_sizes (void)
{
  static const guint64 wrong[] = { 0, 1, 0xfff, 0x1001, G_MAXUINT64 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_memory_new (wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "pages of 4096 bytes");
      g_assert_null (kvm_memory_new_memfd (wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "pages of 4096 bytes");
    }

  g_assert_null (kvm_memory_new (G_GUINT64_CONSTANT (1) << 62, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "4611686018427387904 bytes");
  g_assert_null (kvm_memory_new_memfd (G_MAXUINT64 - 0xfff, &error));
  g_assert_error (error, KVM_ERROR, EFBIG);
}

static void
test_memfd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new_memfd (0x1000, &error);
  int fd = kvm_memory_get_fd (memory);
  char *mapping;

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  mapping = mmap (NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (mapping != MAP_FAILED);
  g_assert_true (kvm_memory_write (memory, 0x10, (const guint8 *) "shared", 7, &error));
  g_assert_cmpstr (mapping + 0x10, ==, "shared");
  munmap (mapping, 0x1000);

  g_assert_cmpint (fcntl (fd, F_GET_SEALS), ==, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  g_assert_cmpint (ftruncate (fd, 0), ==, -1); /* sealed: the guest's memory cannot vanish */
  g_assert_cmpint (errno, ==, EPERM);
}

static void
test_never_made (void)
{
  g_autoptr (KvmMemory) memory = g_object_new (KVM_TYPE_MEMORY, NULL);
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_false (kvm_memory_read (memory, 0, &byte, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never made");
  g_assert_null (kvm_memory_get_pointer (memory));
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/memory/read-and-write", test_read_and_write);
  kvm_test_add ("/memory/bounds", test_bounds);
  kvm_test_add ("/memory/sizes", test_sizes);
  kvm_test_add ("/memory/memfd", test_memfd);
  kvm_test_add ("/memory/never-made", test_never_made);
  return g_test_run ();
}

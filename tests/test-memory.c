/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
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
test_numbers (void)
{
  static const guint8 bytes[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);
  guint8 buffer[8];
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  /* Aligned and not. */
  for (guint64 offset = 0; offset < 9; offset++)
    {
      kvm_memory_write (memory, offset, bytes, sizeof bytes, &error);
      g_assert_true (kvm_memory_read_u8 (memory, offset, &u8, &error));
      g_assert_cmphex (u8, ==, 0x11);
      g_assert_true (kvm_memory_read_u16_le (memory, offset, &u16, &error));
      g_assert_cmphex (u16, ==, 0x2211);
      g_assert_true (kvm_memory_read_u16_be (memory, offset, &u16, &error));
      g_assert_cmphex (u16, ==, 0x1122);
      g_assert_true (kvm_memory_read_u32_le (memory, offset, &u32, &error));
      g_assert_cmphex (u32, ==, 0x44332211);
      g_assert_true (kvm_memory_read_u32_be (memory, offset, &u32, &error));
      g_assert_cmphex (u32, ==, 0x11223344);
      g_assert_true (kvm_memory_read_u64_le (memory, offset, &u64, &error));
      g_assert_cmphex (u64, ==, G_GUINT64_CONSTANT (0x8877665544332211));
      g_assert_true (kvm_memory_read_u64_be (memory, offset, &u64, &error));
      g_assert_cmphex (u64, ==, G_GUINT64_CONSTANT (0x1122334455667788));

#define TRY(call, n, expected)                                                                     \
  kvm_memory_fill (memory, 0, 0x1000, 0, &error);                                                  \
  g_assert_true (call);                                                                            \
  kvm_memory_read (memory, offset, buffer, sizeof buffer, &error);                                 \
  g_assert_cmpmem (buffer, (n) + 1, expected, (n) + 1)
      TRY (kvm_memory_write_u8 (memory, offset, 0x11, &error), 1, "\x11");
      TRY (kvm_memory_write_u16_le (memory, offset, 0x2211, &error), 2, "\x11\x22");
      TRY (kvm_memory_write_u16_be (memory, offset, 0x1122, &error), 2, "\x11\x22");
      TRY (kvm_memory_write_u32_le (memory, offset, 0x44332211, &error), 4, "\x11\x22\x33\x44");
      TRY (kvm_memory_write_u32_be (memory, offset, 0x11223344, &error), 4, "\x11\x22\x33\x44");
#undef TRY
      g_assert_true (kvm_memory_write_u64_le (memory, offset,
                                              G_GUINT64_CONSTANT (0x8877665544332211), &error));
      kvm_memory_read (memory, offset, buffer, sizeof buffer, &error);
      g_assert_cmpmem (buffer, 8, bytes, 8);
      kvm_memory_fill (memory, 0, 0x1000, 0, &error);
      g_assert_true (kvm_memory_write_u64_be (memory, offset,
                                              G_GUINT64_CONSTANT (0x1122334455667788), &error));
      kvm_memory_read (memory, offset, buffer, sizeof buffer, &error);
      g_assert_cmpmem (buffer, 8, bytes, 8);
    }
  g_assert_no_error (error);

  /* The last that fits, the first that does not, and what would wrap around. */
  g_assert_true (kvm_memory_read_u64_le (memory, 0xff8, &u64, &error));
  g_assert_false (kvm_memory_read_u64_le (memory, 0xff9, &u64, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "8 bytes at 0xff9 are not within");
  u32 = 7;
  g_assert_false (kvm_memory_read_u32_be (memory, G_MAXUINT64 - 1, &u32, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
  g_assert_cmpuint (u32, ==, 0);
  g_assert_false (kvm_memory_write_u16_be (memory, 0xfff, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
  g_assert_false (kvm_memory_write_u8 (memory, 0x1000, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
}

static void
test_search (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x40000, &error);
  const guint8 *word = (const guint8 *) "needle";
  guint64 found;

  g_assert_false (kvm_memory_search (memory, 0, 0x40000, word, 6, &found, &error));
  g_assert_no_error (error);

  /* On both sides of where a chunk of 64 KiB ends, and at the very end. */
  for (guint i = 0; i < 8; i++)
    {
      const guint64 places[] = { 0, 0xfffa + i, 0x1fff9 + i, 0x3fffa };

      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        {
          kvm_memory_write (memory, places[j], word, 6, &error);
          g_assert_true (kvm_memory_search (memory, 0, 0x40000, word, 6, &found, &error));
          g_assert_cmphex (found, ==, places[j]);
          g_assert_true (kvm_memory_search (memory, places[j], 6, word, 6, &found, &error));
          g_assert_false (kvm_memory_search (memory, places[j], 5, word, 6, &found, &error));
          g_assert_false (kvm_memory_search (memory, places[j] + 1, 5, word, 6, &found, &error));
          g_assert_no_error (error);
          kvm_memory_fill (memory, places[j], 6, 0, &error);
        }
    }

  g_assert_false (kvm_memory_search (memory, 0, 0x40000, word, 0, &found, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "the pattern is empty");
  g_assert_false (kvm_memory_search (memory, 1, 0x40000, word, 1, &found, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
  g_assert_false (kvm_memory_search (memory, 0x40000, 0, word, 1, &found, &error));
  g_assert_no_error (error);
}

/* Whether a byte of this process can be written, as the kernel says. */
static gboolean
is_writable (guint8 *at)
{
  guint8 byte = 0;
  struct iovec local = { &byte, 1 }, remote = { at, 1 };

  return process_vm_writev (getpid (), &local, 1, &remote, 1, 0) == 1;
}

static void
test_kinds (void)
{
  static const KvmMemoryFlags kinds[] = {
    KVM_MEMORY_FLAGS_NONE,
    KVM_MEMORY_FLAGS_MEMFD,
    KVM_MEMORY_FLAGS_TRANSPARENT_HUGE_PAGES | KVM_MEMORY_FLAGS_MERGEABLE,
    KVM_MEMORY_FLAGS_PREFAULT | KVM_MEMORY_FLAGS_NO_DUMP,
    KVM_MEMORY_FLAGS_MEMFD | KVM_MEMORY_FLAGS_PREFAULT,
  };
  static const guint64 sizes[] = { 0x1000, 0x200000, 0x201000 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        g_autoptr (KvmMemory) memory = kvm_memory_new_full (sizes[j], kinds[i], &error);
        guint8 *at = kvm_memory_get_pointer (memory);
        guint8 present[0x201];

        g_assert_no_error (error);
        g_assert_true (is_writable (at) && is_writable (at + sizes[j] - 1));
        g_assert_false (is_writable (at - 1) || is_writable (at + sizes[j]));
        g_assert_cmpint (kvm_memory_get_fd (memory) != -1, ==,
                         (kinds[i] & KVM_MEMORY_FLAGS_MEMFD) != 0);
        if (sizes[j] >= 0x200000)
          g_assert_cmphex ((gsize) at % 0x200000, ==, 0);
        if (kinds[i] & KVM_MEMORY_FLAGS_PREFAULT)
          {
            g_assert_cmpint (mincore (at, sizes[j], present), ==, 0);
            for (guint page = 0; page < sizes[j] / 0x1000; page++)
              g_assert_cmpuint (present[page] & 1, ==, 1);
          }
      }

  g_assert_null (kvm_memory_new_full (0x1000, KVM_MEMORY_FLAGS_COPY_ON_WRITE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no flags 0x40");
  g_assert_null (kvm_memory_new_full (0x1000, 1u << 30, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no flags 0x40000000");

  /* More than the host has is refused, and not killed for when it is touched. */
  g_assert_null (
      kvm_memory_new_full (G_GUINT64_CONSTANT (1) << 44, KVM_MEMORY_FLAGS_PREFAULT, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_MEMORY, "17592186044416 bytes");

  /* A size that is not one of huge pages, whatever their size is here. */
  g_assert_null (kvm_memory_new_full (0x1000, KVM_MEMORY_FLAGS_HUGE_PAGES, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not a whole number");
}

static void
test_file (void)
{
  static const struct
  {
    guint64 offset, size;
    const char *message;
  } wrong[] = {
    { 0x1000, 0, "not within the file, which has 4096" },
    { 0, 0x2000, "not within" },
    { 0x1000, 0x1000, "not within" },
    { 0, 0x10, "pages of 4096 bytes" },
    { 0x10, 0x1000, "offset 0x10 in a file" },
    { G_MAXUINT64 - 0xfff, 0x2000, "not within" },
    { 0, G_MAXUINT64 - 0xfff, "not within" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("kvm-XXXXXX", &stream, &error);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/file");
  g_autoptr (GFile) directory = g_file_new_for_path ("/");
  g_autoptr (GFile) foreign = g_file_new_for_uri ("x-none://host/file");
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemory) private = NULL;
  const char *path = g_file_peek_path (file);
  guint8 buffer[8];
  int fd;

  g_assert_no_error (error);
  g_clear_object (&stream);
  g_assert_cmpint (truncate (path, 0x2800), ==, 0);

  memory = kvm_memory_new_from_file (file, 0x1000, 0, KVM_MEMORY_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_memory_get_size (memory), ==, 0x2000);
  private = kvm_memory_new_from_file (file, 0, 0x2000, KVM_MEMORY_FLAGS_COPY_ON_WRITE, &error);
  g_assert_no_error (error);

  /* The one reaches the file, the other does not. */
  g_assert_true (kvm_memory_write (memory, 0x10, (const guint8 *) "shared", 6, &error));
  g_assert_true (kvm_memory_read (private, 0x1010, buffer, 6, &error));
  g_assert_cmpmem (buffer, 6, "shared", 6);
  g_assert_true (kvm_memory_fill (private, 0xff0, 0x1000, 'x', &error));
  g_assert_true (kvm_memory_write_u32_le (private, 0x1010, 0x12345678, &error));
  fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (pread (fd, buffer, 6, 0x1010), ==, 6);
  g_assert_cmpmem (buffer, 6, "shared", 6);

  /* Read-only file descriptors are for copies. */
  g_assert_null (kvm_memory_new_from_fd (fd, 0, 0x1000, KVM_MEMORY_FLAGS_NONE, &error));
  kvm_test_assert_error (error, KVM_ERROR_PERMISSION, "KVM_MEMORY_FLAGS_COPY_ON_WRITE");
  g_object_unref (kvm_memory_new_from_fd (fd, 0, 0x1000, KVM_MEMORY_FLAGS_COPY_ON_WRITE, &error));
  g_assert_no_error (error);
  close (fd);

  /* Nobody writes to the other end of a pipe; that is not waited for. */
  {
    g_autofree char *pipe_path = g_strconcat (path, ".pipe", NULL);
    g_autoptr (GFile) pipe = g_file_new_for_path (pipe_path);

    g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
    g_assert_null (
        kvm_memory_new_from_file (pipe, 0, 0x1000, KVM_MEMORY_FLAGS_COPY_ON_WRITE, &error));
    kvm_test_assert_error (error, KVM_ERROR_INVALID, "regular file");
    g_assert_cmpint (unlink (pipe_path), ==, 0);
  }

  /* The file becomes shorter: no SIGBUS. */
  g_assert_cmpint (truncate (path, 0x1000), ==, 0);
  g_assert_false (kvm_memory_read (memory, 0, buffer, 8, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "the file has become shorter");
  g_assert_false (kvm_memory_write_u8 (memory, 0, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "cannot be written at 0x0");
  g_assert_false (kvm_memory_fill (memory, 0, 0x2000, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "shorter");
  g_assert_false (kvm_memory_search (memory, 0, 0x2000, buffer, 8, &(guint64){ 0 }, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "shorter");
  g_assert_true (kvm_memory_read (private, 0xff8, buffer, 8, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_memory_new_from_file (file, wrong[i].offset, wrong[i].size, 0, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, wrong[i].message);
    }
  g_assert_null (kvm_memory_new_from_file (nowhere, 0, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "/nonexistent/file");
  g_assert_null (
      kvm_memory_new_from_file (directory, 0, 0, KVM_MEMORY_FLAGS_COPY_ON_WRITE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a regular file");
  g_assert_null (kvm_memory_new_from_file (foreign, 0, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a path on this host");
  g_assert_null (kvm_memory_new_from_file (file, 0, 0, KVM_MEMORY_FLAGS_MEMFD, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no flags 0x1");
  g_assert_null (kvm_memory_new_from_fd (-1, 0, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_BAD_FD, "the fd -1");
  g_file_delete (file, NULL, NULL);
}

/* What one has as a memfd, the other maps; its size is sealed, so nothing can be missing. */
static void
test_file_of_memory (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new_memfd (0x3000, &error);
  g_autoptr (KvmMemory) part
      = kvm_memory_new_from_fd (kvm_memory_get_fd (memory), 0x1000, 0x1000, 0, &error);
  guint64 value;

  g_assert_no_error (error);
  g_assert_true (kvm_memory_write_u64_le (memory, 0x1ff8, 0x1234, &error));
  g_assert_true (kvm_memory_read_u64_le (part, 0xff8, &value, &error));
  g_assert_cmphex (value, ==, 0x1234);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_load_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("kvm-XXXXXX", &stream, &error);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/file");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x90000, &error);
  g_autofree guint8 *content = g_malloc (0x80001);
  g_autofree guint8 *copy = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint64 n_bytes;
  gsize length;

  for (guint i = 0; i < 0x80001; i++)
    content[i] = i * 7 + (i >> 8);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), content, 0x80001,
                             NULL, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&stream);

  g_assert_true (kvm_memory_load_file (memory, 0xfff, file, NULL, &n_bytes, &error));
  g_assert_cmphex (n_bytes, ==, 0x80001);
  copy = kvm_memory_read_bytes (memory, 0xfff, 0x80001, &length, &error);
  g_assert_cmpmem (copy, length, content, 0x80001);

  /* It fits exactly, and not. */
  g_assert_true (kvm_memory_load_file (memory, 0xffff, file, NULL, &n_bytes, &error));
  g_assert_no_error (error);
  kvm_memory_fill (memory, 0, 0x90000, 0, &error);
  g_assert_false (kvm_memory_load_file (memory, 0x10000, file, NULL, &n_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "has 524289 bytes, and there is room for 524288 at 0x10000");
  g_assert_false (kvm_memory_search (memory, 0, 0x90000, content, 16, &n_bytes, &error));
  g_assert_false (kvm_memory_load_file (memory, 0x90001, file, NULL, &n_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
  g_assert_false (kvm_memory_load_file (memory, 0, nowhere, NULL, &n_bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (kvm_memory_load_file (memory, 0, file, cancellable, &n_bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  kvm_memory_load_file_async (memory, 8, file, G_PRIORITY_DEFAULT, NULL, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (kvm_memory_load_file_finish (memory, result, &n_bytes, &error));
  g_assert_no_error (error);
  g_assert_cmphex (n_bytes, ==, 0x80001);
  g_assert_true (kvm_memory_search (memory, 0, 0x90000, content, 16, &n_bytes, &error));
  g_assert_cmphex (n_bytes, ==, 8);
  g_clear_object (&result);
  kvm_memory_load_file_async (memory, 0, nowhere, G_PRIORITY_DEFAULT, NULL, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (kvm_memory_load_file_finish (memory, result, &n_bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_file_delete (file, NULL, NULL);
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
  kvm_test_add ("/memory/numbers", test_numbers);
  kvm_test_add ("/memory/search", test_search);
  kvm_test_add ("/memory/kinds", test_kinds);
  kvm_test_add ("/memory/file", test_file);
  kvm_test_add ("/memory/file-of-memory", test_file_of_memory);
  g_test_add_func ("/memory/load-file", test_load_file); /* GLib's threads stay for a while */
  kvm_test_add ("/memory/never-made", test_never_made);
  return g_test_run ();
}

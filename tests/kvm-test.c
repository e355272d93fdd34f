/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds. The slowest program takes a small part of it on real KVM; emulated hosts give more. */
#define TIME_LIMIT "300"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

void
kvm_test_init (int *argc, char ***argv)
{
  const char *limit = g_getenv ("KVMOBJ_TEST_TIME_LIMIT");

  /* All of the heap in one place that has grown already, so that what is mapped can be counted. */
  mallopt (M_ARENA_MAX, 1);
  mallopt (M_TOP_PAD, 16 * 1024 * 1024);
  mallopt (M_MMAP_MAX, 0);
  g_free (g_malloc (1024 * 1024));

  alarm (atoi (limit != NULL ? limit : TIME_LIMIT));
  g_test_init (argc, argv, NULL);
}

/* How many threads want each processor, as the kernel says. */
static guint
get_load (void)
{
  g_autofree char *text = NULL;
  guint n_running = 0;

  if (g_file_get_contents ("/proc/loadavg", &text, NULL, NULL))
    sscanf (text, "%*s %*s %*s %u", &n_running);
  return n_running / g_get_num_processors ();
}

guint
kvm_test_rounds (guint n)
{
  static gsize divisor;

  if (g_once_init_enter (&divisor))
    {
      guint load = get_load (); /* which is another one each time */

      g_once_init_leave (&divisor,
                         g_getenv ("KVMOBJ_TEST_EMULATED") != NULL ? 20 : CLAMP (load, 1, 20));
    }
  return MAX (n / divisor & ~1u, MIN (n, 2)); /* every other round may be of another kind */
}

gboolean
kvm_test_has_halted (KvmExit *exit)
{
  return kvm_exit_get_reason (exit) == KVM_TEST_REASON_HALT
         && (KVM_TEST_IS_X86 || kvm_exit_get_address (exit) == KVM_TEST_PORT (0xf4));
}

gboolean
kvm_test_is_pvm (void)
{
  return g_file_test ("/sys/module/kvm_pvm", G_FILE_TEST_EXISTS);
}

static guint
count_fds (void)
{
  DIR *directory = opendir ("/proc/self/fd");
  guint n = 0;

  g_assert_nonnull (directory);
  while (readdir (directory) != NULL)
    n++;
  closedir (directory);
  return n;
}

/* Mappings of KVM's fds and of guest memory; and how much is mapped in all, in pages. */
static void
count_mappings (guint *n_named, gulong *n_pages)
{
  g_autofree char *maps = NULL;
  g_autofree char *statm = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  *n_named = 0;
  for (const char *at = maps; (at = strstr (at, "kvm-vcpu")) != NULL; at++)
    ++*n_named;
  for (const char *at = maps; (at = strstr (at, "memfd:kvmobj")) != NULL; at++)
    ++*n_named;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  *n_pages = strtoul (statm, NULL, 10);
}

static void
run_counted (gconstpointer data)
{
  const char *preloaded = g_getenv ("LD_PRELOAD");
  void (*test) (void) = data;
  guint fds, named, named_after;
  gulong pages, pages_after;

  test ();
  fds = count_fds ();
  count_mappings (&named, &pages);
  test ();
  g_assert_cmpuint (count_fds (), ==, fds);
  count_mappings (&named_after, &pages_after);
  g_assert_cmpuint (named_after, ==, named);
  /* The null KVM keeps some of what is closed. */
  if (!SANITIZED && strstr (preloaded != NULL ? preloaded : "", "null-kvm") == NULL)
    g_assert_cmpuint (pages_after, ==, pages);
}

void
kvm_test_add_for_x86 (const char *path, void (*test) (void))
{
  if (KVM_TEST_IS_X86)
    kvm_test_add (path, test);
}

void
kvm_test_add (const char *path, void (*test) (void))
{
  /* What the host is not meant for, as an emulated one says. */
  const char *without = g_getenv ("KVMOBJ_TEST_WITHOUT");
  g_auto (GStrv) paths = g_strsplit (without != NULL ? without : "", " ", -1);

  if (g_strv_contains ((const char *const *) paths, path))
    return;
  g_test_add_data_func (path, test, run_counted);
}

static KvmTestGuest *
make_guest (const guint8 *code, const guint8 *end, gboolean with_irqchip)
{
  KvmTestGuest *self = g_new0 (KvmTestGuest, 1);
  g_autoptr (GError) error = NULL;

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  if (with_irqchip)
    {
      kvm_vm_create_irqchip (self->vm, &error);
      g_assert_no_error (error);
    }
  /* What is above it is for MMIO. */
  self->memory = kvm_memory_new (0x8000, &error);
  g_assert_no_error (error);
  self->slot = kvm_vm_add_memory (self->vm, 0, self->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_memory_write (self->memory, KVM_TEST_ENTRY, code, end - code, &error);
  g_assert_no_error (error);
  self->vcpu = kvm_vm_create_vcpu (self->vm, 0, &error);
  g_assert_no_error (error);
  kvm_test_setup_vcpu (self->vcpu, KVM_TEST_ENTRY, 0);
  self->exit = kvm_vcpu_get_exit (self->vcpu);
  return self;
}

KvmTestGuest *
kvm_test_guest_new (const guint8 *code, const guint8 *end)
{
  return make_guest (code, end, FALSE);
}

KvmTestGuest *
kvm_test_guest_new_with_irqchip (const guint8 *code, const guint8 *end)
{
  return make_guest (code, end, TRUE);
}

KvmTestGuest *
kvm_test_guest_new_waiting (void)
{
  return make_guest (guest_wait, guest_wait_end, KVM_TEST_IS_X86);
}

void
kvm_test_guest_free (KvmTestGuest *self)
{
  g_clear_object (&self->vcpu);
  g_clear_object (&self->slot);
  g_clear_object (&self->memory);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

void
kvm_test_wait_until_running (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  guint state;

  while (kvm_vcpu_get_raw_mp_state (vcpu, &state, &error))
    g_usleep (100);
  g_assert_error (error, KVM_ERROR, KVM_ERROR_RUNNING);
}

void
kvm_test_add_device (KvmTestGuest *self, guint port, guint n_ports, gpointer device)
{
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (kvm_vm_get_io_bus (self->vm), KVM_TEST_SPACE, KVM_TEST_PORT (port),
                         n_ports, device, KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_no_error (error);
}

void
kvm_test_wait_until_stopped (KvmVcpu *vcpu)
{
  guint64 pc;

  while (!kvm_test_get_pc (vcpu, &pc, NULL) || pc == KVM_TEST_ENTRY)
    g_usleep (100);
}

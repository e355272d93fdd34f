/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

static void
test_properties_of_the_host (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autofree char *path = NULL;
  int fd, nr, max;

  g_assert_no_error (error);
  g_assert_cmpint (kvm_system_get_api_version (system, &error), ==, 12);
  g_assert_cmpint (kvm_system_check_extension (system, KVM_CAPABILITY_USER_MEMORY, &error), ==, 1);
  g_assert_cmpint (kvm_system_check_extension (system, 999999, &error), ==, 0);
  g_assert_no_error (error);

  nr = kvm_system_get_recommended_vcpus (system, &error);
  max = kvm_system_get_max_vcpus (system, &error);
  g_assert_no_error (error);
  g_assert_cmpint (nr, ==, kvm_system_check_extension (system, KVM_CAPABILITY_NR_VCPUS, NULL));
  g_assert_cmpint (nr, >=, 1);
  g_assert_cmpint (max, >=, nr);
  g_assert_cmpint (kvm_system_get_max_vcpu_id (system, &error), >=, max);
  g_assert_cmpint (kvm_system_get_max_memory_slots (system, &error), >=, 32);
  g_assert_cmpint (kvm_system_get_vcpu_mmap_size (system, &error), >=, 4096);
  g_assert_no_error (error);

  g_object_get (system, "path", &path, "fd", &fd, NULL);
  g_assert_null (path);
  g_assert_cmpint (fd, ==, kvm_system_get_fd (system));
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
}

static void
test_path (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new_for_path ("/dev/kvm", &error);
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  g_object_get (system, "path", &path, NULL);
  g_assert_cmpstr (path, ==, "/dev/kvm");
}

static void
test_no_such_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (kvm_system_new_for_path ("/nonexistent/kvm", &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "/nonexistent/kvm");
}

static void
test_not_kvm (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (kvm_system_new_for_path ("/dev/null", &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "/dev/null is not KVM");
  g_assert_null (kvm_system_new_for_path ("/", &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
}

/* Root may open anything, so a child gives that up. */
static void
test_no_permission (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("kvm-XXXXXX", &path, NULL);
  int status;
  pid_t pid;

  g_assert_cmpint (fd, !=, -1);
  g_assert_cmpint (fchmod (fd, 0), ==, 0);
  close (fd);

  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;

      if (geteuid () == 0 && setresuid (65534, 65534, 65534) == -1)
        _exit (2);
      if (kvm_system_new_for_path (path, &error) != NULL)
        _exit (3);
      if (!g_error_matches (error, KVM_ERROR, KVM_ERROR_PERMISSION))
        _exit (4);
      if (strstr (error->message, "only its owner may use it") == NULL)
        _exit (5);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_unlink (path);
}

static void
assert_group_message (gid_t gid, const char *words)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("kvm-XXXXXX", &path, NULL);
  int status;
  pid_t pid;

  g_assert_cmpint (fchmod (fd, 0660), ==, 0);
  g_assert_true (fchown (fd, -1, gid) == 0 || geteuid () != 0);
  close (fd);

  /* Only root can make itself somebody else; anybody else is in the group of an own file. */
  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;

      if (geteuid () != 0)
        _exit (0);
      if (setresgid (65533, 65533, 65533) == -1 || setresuid (65533, 65533, 65533) == -1)
        _exit (2);
      if (kvm_system_new_for_path (path, &error) != NULL)
        _exit (3);
      if (strstr (error->message, words) == NULL)
        _exit (4);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_unlink (path);
}

static void
test_group_is_named (void)
{
  assert_group_message (0, "add the user to the group root");
  /* How the groups outside of a user namespace look in it. */
  assert_group_message (65534, "which has no name here");
}

static void
test_take_fd (void)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/kvm", O_RDWR);
  g_autoptr (KvmSystem) system = kvm_system_new_take_fd (fd, &error);

  g_assert_no_error (error);
  g_assert_cmpint (kvm_system_get_fd (system), ==, fd);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (kvm_system_get_api_version (system, &error), ==, 12);
  g_clear_object (&system);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

static void
test_take_wrong_fd (void)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_null (kvm_system_new_take_fd (fd, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "The fd is not KVM");
  g_assert_cmpint (close (fd), ==, 0); /* it stayed ours */

  g_assert_null (kvm_system_new_take_fd (-1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "-1");
  g_assert_null (kvm_system_new_take_fd (1000000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not KVM");
}

static void
test_dup_fd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmSystem) other = NULL;
  int fd = kvm_system_dup_fd (system, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_clear_object (&system);
  other = kvm_system_new_take_fd (fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_system_get_api_version (other, &error), ==, 12);
}

static void
test_close (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  int fd = kvm_system_get_fd (system);
  gsize length;

  kvm_system_close (system);
  kvm_system_close (system);

  /* The number stays taken, by something that is not KVM. */
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (kvm_system_get_api_version (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_API_VERSION on /dev/kvm");
  g_assert_cmpint (kvm_system_check_extension (system, 0, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CHECK_EXTENSION");
  g_assert_cmpint (kvm_system_get_recommended_vcpus (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_cmpint (kvm_system_get_max_vcpus (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_cmpint (kvm_system_get_max_vcpu_id (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_cmpint (kvm_system_get_max_memory_slots (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_cmpint (kvm_system_get_vcpu_mmap_size (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_cmpint (kvm_system_dup_fd (system, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_null (kvm_system_create_vm (system, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_VM");
  g_assert_false (kvm_system_has_attribute (system, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_HAS_DEVICE_ATTR");
  g_assert_null (kvm_system_get_attribute (system, 0, 0, 8, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_DEVICE_ATTR");
  g_assert_null (kvm_vm_new_take_fd (system, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");

  /* Its virtual machine lives on. */
  g_assert_cmpint (kvm_vm_check_extension (vm, KVM_CAPABILITY_USER_MEMORY, &error), ==, 1);
  g_clear_object (&vm);
  g_clear_object (&system);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

/* What bindings can make by leaving out the constructor. */
static void
test_never_opened (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = g_object_new (KVM_TYPE_SYSTEM, NULL);

  g_assert_cmpint (kvm_system_get_fd (system), ==, -1);
  g_assert_cmpint (kvm_system_check_extension (system, 0, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  g_assert_null (kvm_system_create_vm (system, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  kvm_system_close (system);
}

static void
test_create_vm_of_unknown_type (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);

  g_assert_null (kvm_system_create_vm_with_type (system, 0x7fff, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "KVM_CREATE_VM on /dev/kvm: Invalid argument (type 32767)");
}

static void
test_attributes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autofree guint8 *value = NULL;
  gsize length;

  g_assert_false (kvm_system_has_attribute (system, 12345, 0, &error));
  g_assert_no_error (error);
  g_assert_null (kvm_system_get_attribute (system, 12345, 6, 8, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "group 12345, attribute 0x6");
  g_assert_cmpuint (length, ==, 0);

  /* The features of the guest's XSAVE area that the host supports, 8 bytes. */
  g_assert_true (kvm_system_has_attribute (system, 0, 0, &error));
  value = kvm_system_get_attribute (system, 0, 0, 8, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 8);

  /* The kernel writes as much as there is, and must not get at what lies behind. */
  g_assert_null (kvm_system_get_attribute (system, 0, 0, 4, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "which is larger than 4 bytes");
  g_assert_null (kvm_system_get_attribute (system, 0, 0, 0, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "which is larger than 0 bytes");
  g_assert_null (kvm_system_get_attribute (system, 0, 0, G_MAXSIZE, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "No attribute is as large");
}

static void
test_close_on_x86 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);

  kvm_system_close (system);
  g_assert_null (kvm_system_x86_get_supported_cpuid (system, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_SUPPORTED_CPUID");
}

static void
test_supported_cpuid (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmX86Cpuid) cpuid = kvm_system_x86_get_supported_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) again = kvm_system_x86_get_supported_cpuid (system, &error);
  KvmX86CpuidEntry entry;

  g_assert_no_error (error);
  g_assert_true (cpuid == again);
  g_assert_true (kvm_x86_cpuid_find (cpuid, 0x40000000, 0, &entry));
  g_assert_cmphex (entry.ebx, ==, 0x4b4d564b); /* "KVMK" */
  g_assert_false (kvm_x86_cpuid_find (cpuid, 0x12345678, 0, &entry));
  g_assert_cmphex (entry.ebx, ==, 0);
  g_assert_false (kvm_x86_cpuid_get_entry (cpuid, kvm_x86_cpuid_get_n_entries (cpuid), &entry));
  g_assert_true (kvm_x86_cpuid_get_entry (cpuid, 0, &entry));
}

static void
test_cancelled_init (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (g_initable_new (KVM_TYPE_SYSTEM, cancellable, &error, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/system/host", test_properties_of_the_host);
  kvm_test_add ("/system/path", test_path);
  kvm_test_add ("/system/no-such-file", test_no_such_file);
  kvm_test_add ("/system/not-kvm", test_not_kvm);
  kvm_test_add ("/system/no-permission", test_no_permission);
  kvm_test_add ("/system/group-is-named", test_group_is_named);
  kvm_test_add ("/system/take-fd", test_take_fd);
  kvm_test_add ("/system/take-wrong-fd", test_take_wrong_fd);
  kvm_test_add ("/system/dup-fd", test_dup_fd);
  kvm_test_add ("/system/close", test_close);
  kvm_test_add ("/system/never-opened", test_never_opened);
  kvm_test_add ("/system/unknown-vm-type", test_create_vm_of_unknown_type);
  kvm_test_add_for_x86 ("/system/close-x86", test_close_on_x86);
  kvm_test_add_for_x86 ("/system/attributes", test_attributes);
  kvm_test_add_for_x86 ("/system/supported-cpuid", test_supported_cpuid);
  kvm_test_add ("/system/cancelled-init", test_cancelled_init);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Why KVM cannot be used: machines that are made of files, as another user, and in a namespace. */

#include "kvm-test.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "kvm-diagnosis-private.h"

#define WITH_KVM "  1 psaux\n232 kvm\n"
#define WITHOUT_KVM "  1 psaux\n237 loop-control\n"

static char *
make_root (void)
{
  /* The path of a socket must be short. */
  char *root = g_strdup ("/tmp/kvm-XXXXXX");

  g_assert_nonnull (g_mkdtemp (root));
  return root;
}

static char *
make_path (const char *root, const char *name)
{
  char *path = g_strconcat (root, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  return path;
}

static void
put (const char *root, const char *name, const char *contents)
{
  g_autofree char *path = make_path (root, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, contents, -1, &error);
  g_assert_no_error (error);
}

static void
put_link (const char *root, const char *name, const char *target)
{
  g_autofree char *path = make_path (root, name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
remove_file (const char *root, const char *name)
{
  g_autofree char *path = make_path (root, name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory
      = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* The whole diagnosis: @words are in its message, and @group and @module may be NULL. */
static void
assert_diagnosis (KvmDiagnosis *diagnosis, KvmDiagnosisStatus status, KvmSandbox sandbox,
                  const char *module, const char *words)
{
  const char *message = kvm_diagnosis_get_message (diagnosis);

  g_test_message ("%s", message);
  g_assert_cmpint (kvm_diagnosis_get_status (diagnosis), ==, status);
  g_assert_cmpint (kvm_diagnosis_get_sandbox (diagnosis), ==, sandbox);
  g_assert_cmpstr (kvm_diagnosis_get_module (diagnosis), ==, module);
  if (strstr (message, words) == NULL)
    g_error ("\"%s\" is not in \"%s\"", words, message);
  g_assert_null (strchr (message, '\n'));
  g_assert_true (g_str_has_suffix (message, ".") || status == KVM_DIAGNOSIS_STATUS_BROKEN);
}

static void
assert_absent (int arch, const char *name, const char *contents, const char *cpuinfo,
               KvmDiagnosisStatus status, const char *module, const char *words)
{
  g_autofree char *root = make_root ();
  g_autoptr (KvmDiagnosis) diagnosis = NULL;

  put (root, "/proc/misc", WITHOUT_KVM);
  put (root, "/proc/cpuinfo", cpuinfo);
  if (name != NULL)
    put (root, name, contents);
  diagnosis = _kvm_diagnose (root, arch);
  assert_diagnosis (diagnosis, status, KVM_SANDBOX_NONE, module, words);
  g_assert_null (kvm_diagnosis_get_group (diagnosis));
  remove_tree (root);
}

#define FLAGS "processor\t: 0\nvendor_id\t: Vendor\nflags\t\t: fpu "

static void
test_absent_x86 (void)
{
  assert_absent (KVMOBJ_ARCH_X86, NULL, NULL, FLAGS "msr\nbugs\t\t: svm\n",
                 KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION, NULL, "firmware (BIOS)");
  assert_absent (KVMOBJ_ARCH_X86, NULL, NULL, FLAGS "msr hypervisor\n",
                 KVM_DIAGNOSIS_STATUS_NO_NESTING, NULL, "nested virtualization");
  assert_absent (KVMOBJ_ARCH_X86, NULL, NULL, FLAGS "vmx hypervisor\n",
                 KVM_DIAGNOSIS_STATUS_NO_MODULE, "kvm_intel", "\"modprobe kvm_intel\"");
  assert_absent (KVMOBJ_ARCH_X86, NULL, NULL, FLAGS "msr svm\n", KVM_DIAGNOSIS_STATUS_NO_MODULE,
                 "kvm_amd", "\"modprobe kvm_amd\"");
  assert_absent (KVMOBJ_ARCH_X86, NULL, NULL, "", KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION, NULL,
                 "VT-x");
}

static void
test_absent_arm64 (void)
{
  static const char cpuinfo[] = "processor\t: 0\nFeatures\t: fp asimd\n";

  assert_absent (KVMOBJ_ARCH_ARM64, NULL, NULL, cpuinfo, KVM_DIAGNOSIS_STATUS_NO_MODULE, NULL,
                 "CONFIG_KVM");
  assert_absent (KVMOBJ_ARCH_ARM64, "/sys/module/kvm/parameters/halt_poll_ns", "0\n", cpuinfo,
                 KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION, NULL, "EL2");
}

/* What a hypervisor says of the machine, on those that do not say it of the processor. */
static void
test_nested_arm64 (void)
{
  static const struct
  {
    const char *name;
    const char *contents;
  } signs[] = {
    { "/proc/device-tree/hypervisor/compatible", "xen,xen" },
    { "/proc/device-tree/compatible", "linux,dummy-virt" },
    { "/sys/class/dmi/id/sys_vendor", "QEMU\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      g_autofree char *root = make_root ();
      g_autoptr (KvmDiagnosis) diagnosis = NULL;

      put (root, "/sys/module/kvm/parameters/halt_poll_ns", "0\n");
      put (root, signs[i].name, signs[i].contents);
      diagnosis = _kvm_diagnose (root, KVMOBJ_ARCH_ARM64);
      assert_diagnosis (diagnosis, KVM_DIAGNOSIS_STATUS_NO_NESTING, KVM_SANDBOX_NONE, NULL,
                        "virtual machine");
      remove_tree (root);
    }
}

static void
test_absent_riscv (void)
{
  assert_absent (KVMOBJ_ARCH_RISCV, NULL, NULL, "isa\t\t: rv64imafdch_zicsr\n",
                 KVM_DIAGNOSIS_STATUS_NO_MODULE, "kvm", "\"modprobe kvm\"");
  assert_absent (KVMOBJ_ARCH_RISCV, NULL, NULL, "isa\t\t: rv64imafdc_zicsr_sh\nuarch: h\n",
                 KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION, NULL, "extension H");
}

static void
test_no_node (void)
{
  static const struct
  {
    const char *file;
    KvmSandbox sandbox;
    const char *words;
  } sandboxes[] = {
    { "/proc/version", KVM_SANDBOX_NONE, "mknod /dev/kvm c 10 232" },
    { "/.flatpak-info", KVM_SANDBOX_FLATPAK, "--device=kvm" },
    { "/run/.containerenv", KVM_SANDBOX_CONTAINER, "--device=/dev/kvm" },
    { "/.dockerenv", KVM_SANDBOX_CONTAINER, "--device=/dev/kvm" },
    { "/run/systemd/container", KVM_SANDBOX_CONTAINER, "--device=/dev/kvm" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sandboxes); i++)
    {
      g_autofree char *root = make_root ();
      g_autoptr (KvmDiagnosis) diagnosis = NULL;

      put (root, "/proc/misc", WITH_KVM);
      put (root, sandboxes[i].file, "");
      diagnosis = _kvm_diagnose (root, KVMOBJ_HOST_ARCH);
      assert_diagnosis (diagnosis, KVM_DIAGNOSIS_STATUS_NO_NODE, sandboxes[i].sandbox, NULL,
                        sandboxes[i].words);
      remove_tree (root);
    }
}

static void
test_sandbox_in_environment (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (KvmDiagnosis) snap = NULL;
  g_autoptr (KvmDiagnosis) container = NULL;

  put (root, "/proc/misc", WITH_KVM);
  g_setenv ("SNAP_NAME", "emulator", TRUE);
  snap = _kvm_diagnose (root, KVMOBJ_HOST_ARCH);
  g_unsetenv ("SNAP_NAME");
  assert_diagnosis (snap, KVM_DIAGNOSIS_STATUS_NO_NODE, KVM_SANDBOX_SNAP, NULL,
                    "snap connect emulator:kvm");

  put (root, "/proc/misc", WITHOUT_KVM);
  put (root, "/proc/cpuinfo", FLAGS "vmx\n");
  g_setenv ("container", "lxc", TRUE);
  container = _kvm_diagnose (root, KVMOBJ_ARCH_X86);
  g_unsetenv ("container");
  assert_diagnosis (container, KVM_DIAGNOSIS_STATUS_NO_MODULE, KVM_SANDBOX_CONTAINER, "kvm_intel",
                    "outside of the sandbox");
  remove_tree (root);
}

/* To open a socket is ENXIO, as it is for a node without a driver. */
static void
test_node_without_driver (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = make_path (root, "/dev/kvm");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (KvmDiagnosis) diagnosis = NULL;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  put (root, "/proc/misc", WITHOUT_KVM);
  put (root, "/proc/cpuinfo", FLAGS "svm\n");
  diagnosis = _kvm_diagnose (root, KVMOBJ_ARCH_X86);
  assert_diagnosis (diagnosis, KVM_DIAGNOSIS_STATUS_NO_MODULE, KVM_SANDBOX_NONE, "kvm_amd",
                    "modprobe");
  close (fd);
  remove_tree (root);
}

static void
test_not_kvm (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (KvmDiagnosis) diagnosis = NULL;

  put_link (root, "/dev/kvm", "/dev/null");
  diagnosis = _kvm_diagnose (root, KVMOBJ_HOST_ARCH);
  assert_diagnosis (diagnosis, KVM_DIAGNOSIS_STATUS_BROKEN, KVM_SANDBOX_NONE, NULL, "is not KVM");
  remove_tree (root);
}

/* Runs @body in a child that is not root; it must not come back with FALSE. */
static void
as_another_user (void (*body) (gpointer data), gpointer data)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      if (geteuid () == 0
          && (setresgid (65533, 65533, 65533) == -1 || setresuid (65533, 65533, 65533) == -1))
        _exit (2);
      body (data);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

typedef struct
{
  const char *root;
  const char *group; /* not NULL: its name if it is root's, else any */
  KvmSandbox sandbox;
  const char *words;
} Denied;

static void
assert_denied (gpointer data)
{
  Denied *denied = data;
  KvmDiagnosis *diagnosis = _kvm_diagnose (denied->root, KVMOBJ_HOST_ARCH);
  const char *group = kvm_diagnosis_get_group (diagnosis);

  assert_diagnosis (diagnosis, KVM_DIAGNOSIS_STATUS_NO_PERMISSION, denied->sandbox, NULL,
                    denied->words);
  g_assert_true ((group == NULL) == (denied->group == NULL));
  if (group != NULL && denied->group[0] != '\0')
    g_assert_cmpstr (group, ==, denied->group);
  g_object_unref (diagnosis);
}

static void
test_no_permission (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = make_path (root, "/dev/kvm");
  gboolean is_root = geteuid () == 0;

  g_assert_cmpint (chmod (root, 0755), ==, 0);
  put (root, "/dev/kvm", "");
  g_assert_cmpint (chmod (path, 0), ==, 0);
  as_another_user (assert_denied, &(Denied){ root, NULL, KVM_SANDBOX_NONE, "chmod g+rw" });

  /* An own file cannot be denied through its group, so this one's group may write alone. */
  g_assert_cmpint (chmod (path, 0060), ==, 0);
  as_another_user (assert_denied, &(Denied){ root, is_root ? "root" : "", KVM_SANDBOX_NONE,
                                             is_root ? "usermod -aG root" : "usermod -aG" });

  /* The device is there already; what is said is for outside. */
  put (root, "/.flatpak-info", "");
  as_another_user (assert_denied, &(Denied){ root, is_root ? "root" : "", KVM_SANDBOX_FLATPAK,
                                             "then log in again." });
  if (is_root)
    {
      /* How the groups outside of a user namespace look in it. */
      g_assert_cmpint (chown (path, -1, 65534), ==, 0);
      as_another_user (assert_denied,
                       &(Denied){ root, NULL, KVM_SANDBOX_FLATPAK,
                                  "which has no name here: outside of the sandbox" });
      remove_file (root, "/.flatpak-info");
      put (root, "/.dockerenv", "");
      as_another_user (assert_denied,
                       &(Denied){ root, NULL, KVM_SANDBOX_CONTAINER, "--group-add" });
    }
  remove_tree (root);
}

/* The way there is closed, not the file. */
static void
test_closed_directory (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = make_path (root, "/dev/kvm");
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (chmod (root, 0755), ==, 0);
  g_assert_cmpint (chmod (directory, 0), ==, 0);
  as_another_user (assert_denied, &(Denied){ root, NULL, KVM_SANDBOX_NONE, "security policy" });
  g_assert_cmpint (chmod (directory, 0700), ==, 0);
  remove_tree (root);
}

static void
test_usable (void)
{
  g_autoptr (KvmDiagnosis) diagnosis = kvm_system_diagnose ();
  g_autofree char *root = make_root ();
  g_autoptr (KvmDiagnosis) linked = NULL;

  g_test_message ("%s", kvm_diagnosis_get_message (diagnosis));
  g_assert_cmpint (kvm_diagnosis_get_status (diagnosis), ==, KVM_DIAGNOSIS_STATUS_USABLE);

  put_link (root, "/dev/kvm", "/dev/kvm");
  linked = _kvm_diagnose (root, KVMOBJ_HOST_ARCH);
  assert_diagnosis (linked, KVM_DIAGNOSIS_STATUS_USABLE, KVM_SANDBOX_NONE, NULL,
                    "KVM can be used.");
  remove_tree (root);
}

/* A process that sees another /dev: the kernel has KVM, but it is not here. */
static void
test_namespace (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      KvmDiagnosis *diagnosis;

      if (unshare (geteuid () == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) == -1
          || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1
          || mount ("none", "/dev", "tmpfs", 0, NULL) == -1)
        _exit (2);
      diagnosis = kvm_system_diagnose ();
      if (kvm_diagnosis_get_status (diagnosis) != KVM_DIAGNOSIS_STATUS_NO_NODE)
        _exit (3);
      g_object_unref (diagnosis);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  g_unsetenv ("SNAP_NAME");
  g_unsetenv ("container");
  kvm_test_add ("/diagnosis/usable", test_usable);
  kvm_test_add ("/diagnosis/absent-x86", test_absent_x86);
  kvm_test_add ("/diagnosis/absent-arm64", test_absent_arm64);
  kvm_test_add ("/diagnosis/nested-arm64", test_nested_arm64);
  kvm_test_add ("/diagnosis/absent-riscv", test_absent_riscv);
  kvm_test_add ("/diagnosis/no-node", test_no_node);
  kvm_test_add ("/diagnosis/sandbox-in-environment", test_sandbox_in_environment);
  kvm_test_add ("/diagnosis/node-without-driver", test_node_without_driver);
  kvm_test_add ("/diagnosis/not-kvm", test_not_kvm);
  kvm_test_add ("/diagnosis/no-permission", test_no_permission);
  kvm_test_add ("/diagnosis/closed-directory", test_closed_directory);
  kvm_test_add ("/diagnosis/namespace", test_namespace);
  return g_test_run ();
}

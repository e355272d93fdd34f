/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which requests are made for registers that are exchanged through the run page. */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <kvmobj/kvmobj.h>

static char *log_path;

static guint
count_text (const char *needle)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (log_path, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, needle)) != NULL; at++)
    n++;
  return n;
}

static guint
count (const char *name)
{
  g_autofree char *needle = g_strdup_printf (" %s ", name);

  return count_text (needle);
}

static KvmVcpu *
make_vcpu (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  KvmVcpu *vcpu = kvm_vm_create_vcpu (vm, 0, &error);

  g_assert_no_error (error);
  return vcpu;
}

static void
test_requests (void)
{
  g_autoptr (KvmVcpu) vcpu = make_vcpu ();
  KvmX86Sregs sregs = { .cr0 = 0x10 }; /* as it is on every processor */
  KvmX86Regs regs = { .rflags = 2 };
  guint64 rax = 0;

  g_assert_true (kvm_vcpu_x86_set_sregs (vcpu, &sregs, NULL));
  g_assert_true (kvm_vcpu_x86_set_regs (vcpu, &regs, NULL));

  /* Before the first exit nothing is asked for. */
  g_assert_true (kvm_vcpu_x86_get_regs (vcpu, &regs, NULL));
  g_assert_true (kvm_vcpu_x86_get_regs (vcpu, &regs, NULL));
  g_assert_cmpuint (count ("KVM_GET_REGS"), ==, 2);

  /* From the second exit on all is in the page. */
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, NULL), ==, KVM_EXIT_REASON_IO);
      g_assert_true (kvm_vcpu_x86_get_sregs (vcpu, &sregs, NULL));
      g_assert_true (kvm_vcpu_x86_get_regs (vcpu, &regs, NULL));
      g_assert_cmpuint (regs.rax, ==, rax);
      regs.rax = ++rax;
      g_assert_true (kvm_vcpu_x86_set_regs (vcpu, &regs, NULL));
    }
  g_assert_cmpuint (count ("KVM_GET_REGS"), ==, 3);
  g_assert_cmpuint (count ("KVM_SET_REGS"), ==, 2);
  g_assert_cmpuint (count ("KVM_GET_SREGS"), ==, 1);
  g_assert_cmpuint (count ("KVM_RUN"), ==, 110);

  /* Another request comes after what was set, and makes the page stale. */
  g_assert_true (kvm_vcpu_set_mp_state (vcpu, KVM_VCPU_STATE_RUNNABLE, NULL));
  g_assert_cmpuint (count ("KVM_SET_REGS"), ==, 3);
  g_assert_true (kvm_vcpu_x86_get_regs (vcpu, &regs, NULL));
  g_assert_cmpuint (regs.rax, ==, rax);
  g_assert_cmpuint (count ("KVM_GET_REGS"), ==, 4);
}

/* A program that reads none asks for none. */
static void
test_nothing (void)
{
  g_autoptr (KvmVcpu) vcpu = make_vcpu ();
  guint n = count ("KVM_CHECK_EXTENSION");

  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, NULL), ==, KVM_EXIT_REASON_IO);
  g_assert_cmpuint (count ("KVM_CHECK_EXTENSION"), ==, n);
}

/* How many requests 100 exits take whose registers are read and set. */
static guint
count_requests_of_100 (KvmVcpu *vcpu)
{
  const KvmX86Sregs sregs = { .cr0 = 0x10 }; /* as it is on every processor */
  KvmX86Regs regs = { .rflags = 2 };
  guint before = 0;

  g_assert_true (kvm_vcpu_x86_set_sregs (vcpu, &sregs, NULL));
  g_assert_true (kvm_vcpu_x86_set_regs (vcpu, &regs, NULL));
  for (guint i = 0; i < 101; i++)
    {
      g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, NULL), ==, KVM_EXIT_REASON_IO);
      g_assert_true (kvm_vcpu_x86_get_regs (vcpu, &regs, NULL));
      regs.rax++;
      g_assert_true (kvm_vcpu_x86_set_regs (vcpu, &regs, NULL));
      if (i == 0)
        before = count_text (" KVM_"); /* the first asks what the kernel can do */
    }
  return count_text (" KVM_") - before;
}

/* One request for an exit with its registers, and three where the page cannot be used. */
static void
test_requests_of_an_exit (void)
{
  g_autoptr (KvmVcpu) synced = make_vcpu ();
  g_autoptr (KvmVcpu) lent = make_vcpu ();

  g_assert_cmpint (kvm_vcpu_get_fd (lent), !=, -1);
  g_assert_cmpuint (count_requests_of_100 (synced), ==, 100);
  g_assert_cmpuint (count_requests_of_100 (lent), ==, 300);
}

int
main (int argc, char **argv)
{
  int fd, ret;

  fd = g_file_open_tmp ("kvmobj-XXXXXX", &log_path, NULL);
  close (fd);
  g_setenv ("NULL_KVM_LOG", log_path, TRUE);
  g_setenv ("NULL_KVM_EXITS", "io-out", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x86-sync-null/nothing", test_nothing);
  g_test_add_func ("/x86-sync-null/requests", test_requests);
  g_test_add_func ("/x86-sync-null/requests-of-an-exit", test_requests_of_an_exit);
  ret = g_test_run ();
  g_unlink (log_path);
  g_free (log_path);
  return ret;
}

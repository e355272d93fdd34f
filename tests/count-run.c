/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Does one thing N times under the null KVM, for tests/count-instructions.py to count:
 *
 *   count-run io-out|io-in|mmio-write|mmio-read|interrupted|cancellable|regs|sregs N */

#include <stdlib.h>
#include <string.h>

#include <kvmobj/kvmobj.h>

int
main (int argc, char **argv)
{
  const char *what = argc == 3 ? argv[1] : "";
  guint64 n = argc == 3 ? g_ascii_strtoull (argv[2], NULL, 10) : 0;
  gboolean is_read = g_str_has_suffix (what, "-in") || g_str_has_suffix (what, "-read");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  GCancellable *passed = strcmp (what, "cancellable") == 0 ? cancellable : NULL;
  guint64 sum = 0;
  KvmExit *exit;

  system = kvm_system_new (&error);
  vm = system ? kvm_system_create_vm (system, &error) : NULL;
  vcpu = vm ? kvm_vm_create_vcpu (vm, 0, &error) : NULL;
  if (vcpu == NULL)
    g_error ("%s", error->message);
  exit = kvm_vcpu_get_exit (vcpu);

  if (strcmp (what, "regs") == 0)
    for (guint64 i = 0; i < n; i++)
      {
        KvmX86Regs regs;

        sum += kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
      }
  else if (strcmp (what, "sregs") == 0)
    for (guint64 i = 0; i < n; i++)
      {
        KvmX86Sregs sregs;

        sum += kvm_vcpu_x86_get_sregs (vcpu, &sregs, &error);
      }
  else if (strcmp (what, "interrupted") == 0)
    for (guint64 i = 0; i < n; i++)
      sum += kvm_vcpu_run (vcpu, NULL, &error) == KVM_EXIT_REASON_INTERRUPTED;
  else
    for (guint64 i = 0; i < n; i++)
      {
        KvmExitReason reason = kvm_vcpu_run (vcpu, passed, &error);

        if (reason != KVM_EXIT_REASON_IO && reason != KVM_EXIT_REASON_MMIO)
          g_error ("%s: %s", what, error ? error->message : kvm_exit_to_string (exit));
        if (is_read)
          kvm_exit_set_value (exit, i);
        else
          sum += kvm_exit_get_value (exit);
      }
  return sum == G_MAXUINT64;
}

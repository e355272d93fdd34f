/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What kvm_system_diagnose () says of a KVM that fails, under the null KVM. */

#include <string.h>

#include "null-test.h"

static void
assert_diagnosis (KvmDiagnosisStatus status, const char *words)
{
  g_autoptr (KvmDiagnosis) diagnosis = kvm_system_diagnose ();
  const char *message = kvm_diagnosis_get_message (diagnosis);

  g_assert_cmpint (kvm_diagnosis_get_status (diagnosis), ==, status);
  if (strstr (message, words) == NULL)
    g_error ("\"%s\" is not in \"%s\"", words, message);
}

static void
test_usable (void)
{
  if (!in_process (NULL, NULL))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_USABLE, "KVM can be used.");
  g_assert_cmpuint (count_requests ("KVM_CREATE_VM"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_CREATE_VCPU"), ==, 1);
}

static void
test_busy (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VM:EBUSY"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BUSY, "Another hypervisor");
}

static void
test_busy_at_the_vcpu (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VCPU:EBUSY"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BUSY, "Another hypervisor");
}

static void
test_busy_at_once (void)
{
  if (!in_process ("NULL_KVM_FAIL", "open:EBUSY"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BUSY, "another hypervisor");
}

static void
test_broken (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VM:ENOMEM"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BROKEN, "does not work: KVM_CREATE_VM on /dev/kvm");
}

static void
test_no_vcpu (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VCPU:EIO"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BROKEN, "does not work: KVM_CREATE_VCPU on");
}

static void
test_policy (void)
{
  if (!in_process ("NULL_KVM_FAIL", "open:EPERM"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_NO_PERMISSION, "The user may not use /dev/kvm.");
}

static void
test_no_files_left (void)
{
  if (!in_process ("NULL_KVM_FAIL", "open:EMFILE"))
    return;

  assert_diagnosis (KVM_DIAGNOSIS_STATUS_BROKEN, "open () of /dev/kvm");
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/diagnosis-null/usable", test_usable);
  g_test_add_func ("/diagnosis-null/busy", test_busy);
  g_test_add_func ("/diagnosis-null/busy-at-the-vcpu", test_busy_at_the_vcpu);
  g_test_add_func ("/diagnosis-null/busy-at-once", test_busy_at_once);
  g_test_add_func ("/diagnosis-null/broken", test_broken);
  g_test_add_func ("/diagnosis-null/no-vcpu", test_no_vcpu);
  g_test_add_func ("/diagnosis-null/policy", test_policy);
  g_test_add_func ("/diagnosis-null/no-files-left", test_no_files_left);
  return null_test_run ();
}

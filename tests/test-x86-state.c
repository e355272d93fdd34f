/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The saved state of x86: of a guest that has halted, and on a processor of Intel's. */

#include "x86-guest.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kvm.h>

/* An MSR that a vCPU has only once its CPUID says so, as those of VMX before Linux 6.11: it is
 * listed, but to read it fails until then. */
#define VMX_BASIC 0x480
#define MAX_FDS 1024

static gboolean is_intel;
static struct
{
  gboolean has_cpuid;
  guint64 value;
} vcpus[MAX_FDS]; /* by their fds */

static gboolean
access_msr (int fd, unsigned long request, struct kvm_msr_entry *entry)
{
  union
  {
    struct kvm_msrs msrs;
    guint8 room[sizeof (struct kvm_msrs) + sizeof *entry];
  } one = { .msrs.nmsrs = 1 };
  int ret;

  if (entry->index == VMX_BASIC && request == KVM_GET_MSRS)
    entry->data = vcpus[fd].value;
  else if (entry->index == VMX_BASIC && vcpus[fd].has_cpuid)
    vcpus[fd].value = entry->data;
  if (entry->index == VMX_BASIC)
    return vcpus[fd].has_cpuid;

  memcpy (one.room + sizeof one.msrs, entry, sizeof *entry);
  ret = syscall (SYS_ioctl, fd, request, &one);
  memcpy (entry, one.room + sizeof one.msrs, sizeof *entry);
  return ret == 1;
}

/* In the place of the C library's. */
int
ioctl (int fd, unsigned long request, ...)
{
  gpointer argument;
  va_list args;
  int ret;

  va_start (args, request);
  argument = va_arg (args, gpointer);
  va_end (args);

  if (is_intel && (request == KVM_GET_MSRS || request == KVM_SET_MSRS))
    {
      struct kvm_msrs *msrs = argument;
      guint n = 0;

      while (n < msrs->nmsrs && access_msr (fd, request, &msrs->entries[n]))
        n++;
      return n;
    }

  ret = syscall (SYS_ioctl, fd, request, argument);
  if (request == KVM_CREATE_VCPU && ret >= 0)
    memset (&vcpus[ret], 0, sizeof vcpus[ret]);
  else if (request == KVM_SET_CPUID2 && ret == 0)
    vcpus[fd].has_cpuid = ((struct kvm_cpuid2 *) argument)->nent != 0;
  else if (is_intel && request == KVM_GET_MSR_INDEX_LIST && ret == 0)
    {
      struct kvm_msr_list *list = argument;

      list->indices[list->nmsrs++] = VMX_BASIC;
    }
  return ret;
}

static GVariant *
save (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  GVariant *state = kvm_vm_save_state (guest->vm, NULL, &error);

  g_assert_no_error (error);
  return state;
}

/* What a vCPU was found to have before it got its CPUID is not all that it has. */
static void
test_msrs_of_cpuid (void)
{
  g_autoptr (KvmTestGuest) guest = NULL;
  g_autoptr (KvmTestGuest) clone = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) again = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  guint64 value;

  is_intel = TRUE;
  guest = KVM_TEST_GUEST (halt);
  clone = KVM_TEST_GUEST (halt);
  before = save (guest);
  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_set_msr (guest->vcpu, VMX_BASIC, 0x1234, &error));
  g_assert_no_error (error);
  state = save (guest);

  g_assert_true (kvm_vm_restore_state (clone->vm, state, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_get_msr (clone->vcpu, VMX_BASIC, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, ==, 0x1234);
  again = save (clone);
  names = kvm_state_compare (state, again);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  is_intel = FALSE;
}

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
  kvm_test_add ("/x86-state/msrs-of-cpuid", test_msrs_of_cpuid);
  return g_test_run ();
}

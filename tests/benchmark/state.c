/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state.h"

#include "kvm-test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

#define MAX_ENTRIES 256
#define MAX_XSAVE 16384

static KvmTestGuest *guest;
static KvmVcpu *vcpu;
static int vm_fd, vcpu_fd;

/* Made once: a program that uses bare ioctls has its own buffers. */
static struct
{
  struct kvm_mp_state mp_state;
  struct kvm_vcpu_events events;
  struct kvm_regs regs;
  struct kvm_sregs2 sregs;
  guint8 xsave[MAX_XSAVE];
  struct kvm_xcrs xcrs;
  struct kvm_debugregs debug_regs;
  struct kvm_lapic_state lapic;
  guint64 tsc_offset;
  struct kvm_msrs *msrs;
  struct kvm_msrs *tsc;
  struct kvm_cpuid2 *cpuid;
  struct kvm_irqchip irqchips[3];
  struct kvm_pit_state2 pit;
  struct kvm_clock_data clock;
} bare;

static void
check (int result, const char *what)
{
  if (result == -1)
    g_error ("%s: %s", what, g_strerror (errno));
}

#define IOCTL(fd, request, argument) check (ioctl ((fd), (request), (argument)), #request)

static void
find_msrs (void)
{
  g_autoptr (GVariant) state = kvm_vcpu_save_state (vcpu, NULL);
  g_autoptr (GVariant) msrs = g_variant_lookup_value (state, "msrs", G_VARIANT_TYPE ("a(ut)"));
  const struct kvm_msr_entry *entries;
  gsize n;

  entries = g_variant_get_fixed_array (msrs, &n, sizeof *entries);
  g_assert_cmpuint (n, <=, MAX_ENTRIES);
  bare.msrs->nmsrs = n;
  memcpy (bare.msrs->entries, entries, n * sizeof *entries);
  bare.tsc->nmsrs = 1;
  bare.tsc->entries[0].index = 0x10;
}

void
benchmark_state_init (void)
{
  g_autoptr (KvmX86Cpuid) cpuid = NULL;

  guest = kvm_test_guest_new_with_irqchip (guest_halt, guest_halt_end);
  vcpu = guest->vcpu;
  g_assert_true (kvm_vm_x86_create_pit (guest->vm, 0, NULL));
  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, NULL);
  g_assert_true (kvm_vcpu_x86_set_cpuid (vcpu, cpuid, NULL));
  bare.msrs = g_malloc0 (sizeof *bare.msrs + MAX_ENTRIES * sizeof (struct kvm_msr_entry));
  bare.tsc = g_malloc0 (sizeof *bare.tsc + sizeof (struct kvm_msr_entry));
  bare.cpuid = g_malloc0 (sizeof *bare.cpuid + MAX_ENTRIES * sizeof (struct kvm_cpuid_entry2));
  find_msrs ();
  vm_fd = kvm_vm_dup_fd (guest->vm, NULL);
  vcpu_fd = kvm_vcpu_dup_fd (vcpu, NULL);
}

void
benchmark_state_clear (void)
{
  close (vcpu_fd);
  close (vm_fd);
  g_free (bare.msrs);
  g_free (bare.tsc);
  g_free (bare.cpuid);
  kvm_test_guest_free (guest);
}

void
benchmark_state_with_library (void)
{
  g_autoptr (GVariant) state = kvm_vm_save_state (guest->vm, NULL, NULL);

  g_assert_true (state != NULL && kvm_vm_restore_state (guest->vm, state, NULL));
}

static void
save (void)
{
  struct kvm_device_attr attribute = { .addr = (gulong) &bare.tsc_offset };

  IOCTL (vcpu_fd, KVM_GET_MP_STATE, &bare.mp_state);
  IOCTL (vcpu_fd, KVM_GET_VCPU_EVENTS, &bare.events);
  IOCTL (vcpu_fd, KVM_GET_REGS, &bare.regs);
  IOCTL (vcpu_fd, KVM_GET_SREGS2, &bare.sregs);
  IOCTL (vcpu_fd, KVM_GET_XSAVE2, bare.xsave);
  IOCTL (vcpu_fd, KVM_GET_XCRS, &bare.xcrs);
  IOCTL (vcpu_fd, KVM_GET_DEBUGREGS, &bare.debug_regs);
  IOCTL (vcpu_fd, KVM_GET_LAPIC, &bare.lapic);
  IOCTL (vcpu_fd, KVM_GET_TSC_KHZ, 0);
  IOCTL (vcpu_fd, KVM_GET_DEVICE_ATTR, &attribute);
  IOCTL (vcpu_fd, KVM_GET_MSRS, bare.msrs);
  bare.cpuid->nent = MAX_ENTRIES;
  IOCTL (vcpu_fd, KVM_GET_CPUID2, bare.cpuid);
  for (guint i = 0; i < G_N_ELEMENTS (bare.irqchips); i++)
    {
      bare.irqchips[i].chip_id = i;
      IOCTL (vm_fd, KVM_GET_IRQCHIP, &bare.irqchips[i]);
    }
  IOCTL (vm_fd, KVM_GET_PIT2, &bare.pit);
  IOCTL (vm_fd, KVM_GET_CLOCK, &bare.clock);
}

static void
restore (void)
{
  guint64 offset;
  struct kvm_device_attr attribute = { .addr = (gulong) &offset };

  IOCTL (vcpu_fd, KVM_SET_CPUID2, bare.cpuid);
  IOCTL (vcpu_fd, KVM_SET_SREGS2, &bare.sregs);
  IOCTL (vcpu_fd, KVM_SET_LAPIC, &bare.lapic);
  IOCTL (vcpu_fd, KVM_GET_DEVICE_ATTR, &attribute);
  IOCTL (vcpu_fd, KVM_GET_MSRS, bare.tsc);
  offset = bare.tsc_offset;
  IOCTL (vcpu_fd, KVM_SET_DEVICE_ATTR, &attribute);
  IOCTL (vcpu_fd, KVM_SET_MSRS, bare.msrs);
  IOCTL (vcpu_fd, KVM_SET_REGS, &bare.regs);
  IOCTL (vcpu_fd, KVM_SET_XSAVE, bare.xsave);
  IOCTL (vcpu_fd, KVM_SET_XCRS, &bare.xcrs);
  IOCTL (vcpu_fd, KVM_SET_DEBUGREGS, &bare.debug_regs);
  IOCTL (vcpu_fd, KVM_SET_VCPU_EVENTS, &bare.events);
  IOCTL (vcpu_fd, KVM_SET_MP_STATE, &bare.mp_state);
  for (guint i = 0; i < G_N_ELEMENTS (bare.irqchips); i++)
    IOCTL (vm_fd, KVM_SET_IRQCHIP, &bare.irqchips[i]);
  IOCTL (vm_fd, KVM_SET_PIT2, &bare.pit);
  bare.clock.flags = 0;
  IOCTL (vm_fd, KVM_SET_CLOCK, &bare.clock);
}

void
benchmark_state_with_ioctls (void)
{
  save ();
  restore ();
}

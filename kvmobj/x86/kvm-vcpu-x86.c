/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86-sync-private.h"
#include "x86/kvm-vcpu-x86.h"
#include "x86/kvm-x86-cpuid-private.h"

#define CR0_PE (1u << 0)
#define CR0_PG (1u << 31)
#define CR4_PAE (1u << 5)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)

#define SEGMENT_CODE 0xb /* executable, readable, accessed */
#define SEGMENT_DATA 0x3 /* writable, accessed */

/**
 * kvm_vcpu_x86_get_regs:
 * @vcpu: a vCPU
 * @regs: (out caller-allocates): the registers
 * @error: return location for an error
 *
 * Gets the general registers (`KVM_GET_REGS`; x86). Where the kernel has %KVM_CAPABILITY_SYNC_REGS,
 * a program that does so after exits gets them without a call to the kernel from the second exit
 * on, as long as no other call on the vCPU comes before it. See section 4.11 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_regs (KvmVcpu *vcpu, KvmX86Regs *regs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && regs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (_kvm_vcpu_x86_get_synced (vcpu, KVMOBJ_X86_SYNC_REGS, regs))
    return TRUE;
  if (kvm_ioctl_often (&vcpu->handle, KVM_GET_REGS, regs, error) == -1)
    return FALSE;
  _kvm_vcpu_x86_ask_for_sync (vcpu, KVMOBJ_X86_SYNC_REGS);
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_regs:
 * @vcpu: a vCPU
 * @regs: the registers
 * @error: return location for an error
 *
 * Sets the general registers (`KVM_SET_REGS`; x86). If they were just got without a call to the
 * kernel, they are set without one, too, with the next run or the next other call on the vCPU. See
 * section 4.12 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_PENDING while a read of the guest's
 * from a port, an address or an MSR is not finished, whether it was answered or not (see
 * [method@Kvm.Vcpu.complete_pending]), and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_regs (KvmVcpu *vcpu, const KvmX86Regs *regs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && regs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return _kvm_vcpu_check_settable (vcpu, "KVM_SET_REGS", error)
         && (_kvm_vcpu_x86_set_synced_regs (vcpu, regs)
             || kvm_ioctl_often (&vcpu->handle, KVM_SET_REGS, regs, error) != -1);
}

/**
 * kvm_vcpu_x86_get_sregs:
 * @vcpu: a vCPU
 * @sregs: (out caller-allocates): the registers
 * @error: return location for an error
 *
 * Gets the special registers (`KVM_GET_SREGS`; x86). See section 4.13 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_sregs (KvmVcpu *vcpu, KvmX86Sregs *sregs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && sregs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (_kvm_vcpu_x86_get_synced (vcpu, KVMOBJ_X86_SYNC_SREGS, sregs))
    return TRUE;
  if (kvm_ioctl_often (&vcpu->handle, KVM_GET_SREGS, sregs, error) == -1)
    return FALSE;
  _kvm_vcpu_x86_ask_for_sync (vcpu, KVMOBJ_X86_SYNC_SREGS);
  return TRUE;
}

/* Why the kernel may have refused, as far as that can be seen. */
static const char *
guess_sregs_mistake (const KvmX86Sregs *sregs)
{
  if ((sregs->cr0 & CR0_PG) && !(sregs->cr0 & CR0_PE))
    return "paging needs CR0.PE";
  if ((sregs->efer & EFER_LME) && (sregs->cr0 & CR0_PG))
    {
      if (!(sregs->cr4 & CR4_PAE))
        return "long mode needs CR4.PAE";
      if (!(sregs->efer & EFER_LMA))
        return "long mode needs EFER.LMA";
    }
  else if (sregs->efer & EFER_LMA)
    return "EFER.LMA needs EFER.LME and CR0.PG";
  if (sregs->efer & EFER_LMA && sregs->cs.l && sregs->cs.db)
    return "64-bit code must not have CS.db";
  if (sregs->efer & EFER_LME)
    return "a bit in CR0, CR4, EFER or the APIC base that the vCPU's CPUID does not have; set the "
           "CPUID first";
  return "a bit in CR0, CR4, EFER or the APIC base that the vCPU does not have";
}

/**
 * kvm_vcpu_x86_set_sregs:
 * @vcpu: a vCPU
 * @sregs: the registers
 * @error: return location for an error
 *
 * Sets the special registers (`KVM_SET_SREGS`; x86). Begin with those that the vCPU has, and with
 * [method@Kvm.Vcpu.x86_set_cpuid] if it is to use long mode: newer kernels refuse the bits of
 * features that the vCPU does not have. See section 4.14 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the registers do not fit together or are not what the
 * vCPU can have, where the message guesses the mistake; %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.x86_set_regs] does; %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_sregs (KvmVcpu *vcpu, const KvmX86Sregs *sregs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && sregs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_SREGS", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_SET_SREGS, sregs, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "%s", guess_sregs_mistake (sregs));
      return FALSE;
    }
  return TRUE;
}

/* Old kernels, Linux 6.1 among them, do not say how many entries there are, but leave the number as
 * it was. It is the smallest that they take. */
static gboolean
find_n_entries (KvmVcpu *vcpu, KvmX86Cpuid *cpuid, GError **error)
{
  guint low = 0, high = KVMOBJ_MAX_CPUID_ENTRIES;

  while (low < high)
    {
      guint n = (low + high) / 2;
      g_autoptr (GError) local_error = NULL;

      cpuid->abi.nent = n;
      if (kvm_ioctl (&vcpu->handle, KVM_GET_CPUID2, &cpuid->abi, &local_error) != -1)
        high = n;
      else if (g_error_matches (local_error, KVM_ERROR, KVM_ERROR_TOO_BIG))
        low = n + 1;
      else
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  cpuid->abi.nent = high;
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_cpuid:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets what the CPUID instruction says to the guest (`KVM_GET_CPUID2`; %KVM_CAPABILITY_EXT_CPUID;
 * x86): what [method@Kvm.Vcpu.x86_set_cpuid] set, with the parts that the kernel keeps up to date.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_vcpu_x86_get_cpuid (KvmVcpu *vcpu, GError **error)
{
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Cpuid) large = NULL;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  cpuid = kvm_ioctl_get_cpuid (&vcpu->handle, KVM_GET_CPUID2, error);
  if (cpuid == NULL || cpuid->abi.nent != KVMOBJ_MAX_CPUID_ENTRIES)
    return g_steal_pointer (&cpuid);

  large = _kvm_x86_cpuid_alloc (KVMOBJ_MAX_CPUID_ENTRIES);
  if (!find_n_entries (vcpu, large, error))
    return NULL;
  return kvm_x86_cpuid_new (large->abi.entries, large->abi.nent, error);
}

/**
 * kvm_vcpu_x86_get_supported_hv_cpuid:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets the leaves of Hyper-V that the kernel can offer the guest of this vCPU
 * (`KVM_GET_SUPPORTED_HV_CPUID`; %KVM_CAPABILITY_HYPERV_CPUID; x86). In contrast to
 * [method@Kvm.System.x86_get_supported_hv_cpuid] it knows what was enabled on the vCPU, and has no
 * features that need an in-kernel APIC if there is none. See section 4.118 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_vcpu_x86_get_supported_hv_cpuid (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return kvm_ioctl_get_cpuid (&vcpu->handle, KVM_GET_SUPPORTED_HV_CPUID, error);
}

/**
 * kvm_vcpu_x86_set_cpuid:
 * @vcpu: a vCPU
 * @cpuid: the table
 * @error: return location for an error
 *
 * Sets what the CPUID instruction says to the guest (`KVM_SET_CPUID2`; %KVM_CAPABILITY_EXT_CPUID;
 * x86). A vCPU whose CPUID was never set says 0 to everything.
 *
 * ```c
 * g_autoptr (KvmX86Cpuid) cpuid = kvm_system_x86_get_supported_cpuid (system, &error);
 *
 * kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error);
 * ```
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_INVALID_ARGUMENT if the kernel
 * refuses the table, as it does when the vCPU has run already, and with %KVM_ERROR_NOT_SUPPORTED on
 * another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_cpuid (KvmVcpu *vcpu, KvmX86Cpuid *cpuid, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && cpuid != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_SET_CPUID2, &cpuid->abi, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error,
                               "%u entries, which the kernel refuses; a vCPU that has run takes "
                               "no other than it has",
                               cpuid->abi.nent);
      else
        _kvm_error_add_detail (error, "%u entries", cpuid->abi.nent);
      return FALSE;
    }
  return TRUE;
}

static KvmX86Segment
make_flat_segment (guint8 type)
{
  return (KvmX86Segment){ .limit = 0xffff, .type = type, .present = 1, .s = 1 };
}

/**
 * kvm_vcpu_x86_setup_real_mode:
 * @vcpu: a vCPU
 * @address: where the code begins: a guest-physical address below 64 KiB
 * @error: return location for an error
 *
 * Puts the vCPU into 16-bit real mode, ready to run code at @address (`KVM_SET_SREGS` and
 * `KVM_SET_REGS`; x86). Every segment begins at address 0, interrupts are off, the stack pointer is
 * 0, so that the stack grows down from the end of the first 64 KiB, and the other registers are 0.
 *
 * Fails with %KVM_ERROR_INVALID if the address is too high, %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_setup_real_mode (KvmVcpu *vcpu, guint64 address, GError **error)
{
  KvmX86Regs regs = { .rip = address, .rflags = 2 }; /* bit 1 is always set */
  KvmX86Sregs sregs;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (address > 0xffff)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Real mode begins below 64 KiB, not at 0x%" G_GINT64_MODIFIER "x", address);
      return FALSE;
    }

  if (!kvm_vcpu_x86_get_sregs (vcpu, &sregs, error))
    return FALSE;
  sregs.cs = make_flat_segment (SEGMENT_CODE);
  sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = make_flat_segment (SEGMENT_DATA);
  sregs.cr0 &= ~(guint64) (CR0_PE | CR0_PG);
  sregs.cr4 = 0;
  sregs.efer = 0;
  sregs.idt = (KvmX86Dtable){ .limit = 0x3ff };
  return kvm_vcpu_x86_set_sregs (vcpu, &sregs, error) && kvm_vcpu_x86_set_regs (vcpu, &regs, error);
}

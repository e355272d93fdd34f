/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>

#include "kvm-capability.h"
#include "kvm-enum-types.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-run-state-private.h"
#include "x86/kvm-vcpu-x86-sync-private.h"

/* A call that signals keep interrupting is tried this often; only KVM_CREATE_VM and a few others
 * can be interrupted at all. */
#define MAX_TRIES 100

#define ANY                                                                                        \
  (1u << KVM_HANDLE_SYSTEM | 1u << KVM_HANDLE_VM | 1u << KVM_HANDLE_VCPU | 1u << KVM_HANDLE_DEVICE)
#define ON(kind) (1u << KVM_HANDLE_##kind)

/* The capabilities that ioctls depend on, by the kinds of fd. An ioctl that the kernel does not
 * know is ENOTTY on some fds but EINVAL on others, just like a bad argument: what the kernel says
 * of the capability tells them apart. (arm64 has attributes of VMs without the capability.) */
static const struct
{
  guint kinds;
  gulong request;
  KvmCapability capability;
} gates[] = {
  { ANY, _KVM_GET_SUPPORTED_CPUID, KVM_CAPABILITY_EXT_CPUID },
  { ANY, _KVM_GET_EMULATED_CPUID, KVM_CAPABILITY_EXT_EMUL_CPUID },
  { ANY, _KVM_GET_MSR_FEATURE_INDEX_LIST, KVM_CAPABILITY_GET_MSR_FEATURES },
  { ANY, _KVM_SET_NR_MMU_PAGES, KVM_CAPABILITY_MMU_SHADOW_CACHE_CONTROL },
  { ANY, _KVM_SET_TSS_ADDR, KVM_CAPABILITY_SET_TSS_ADDR },
  { ANY, _KVM_SET_IDENTITY_MAP_ADDR, KVM_CAPABILITY_SET_IDENTITY_MAP_ADDR },
  { ANY, _KVM_SET_USER_MEMORY_REGION, KVM_CAPABILITY_USER_MEMORY },
  { ANY, _KVM_SET_USER_MEMORY_REGION2, KVM_CAPABILITY_USER_MEMORY2 },
  { ANY, _KVM_CLEAR_DIRTY_LOG, KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2 },
  { ANY, _KVM_RESET_DIRTY_RINGS, KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL },
  { ANY, _KVM_SET_MEMORY_ATTRIBUTES, KVM_CAPABILITY_MEMORY_ATTRIBUTES },
  { ANY, _KVM_CREATE_GUEST_MEMFD, KVM_CAPABILITY_GUEST_MEMFD },
  { ANY, _KVM_PRE_FAULT_MEMORY, KVM_CAPABILITY_PRE_FAULT_MEMORY },
  { ANY, _KVM_CREATE_IRQCHIP, KVM_CAPABILITY_IRQCHIP },
  { ANY, _KVM_REGISTER_COALESCED_MMIO, KVM_CAPABILITY_COALESCED_MMIO },
  { ANY, _KVM_UNREGISTER_COALESCED_MMIO, KVM_CAPABILITY_COALESCED_MMIO },
  { ANY, _KVM_IRQ_LINE, KVM_CAPABILITY_IRQCHIP },
  { ANY, _KVM_GET_IRQCHIP, KVM_CAPABILITY_IRQCHIP },
  { ANY, _KVM_SET_IRQCHIP, KVM_CAPABILITY_IRQCHIP },
  { ANY, _KVM_IRQ_LINE_STATUS, KVM_CAPABILITY_IRQ_INJECT_STATUS },
  { ANY, _KVM_SET_GSI_ROUTING, KVM_CAPABILITY_IRQ_ROUTING },
  { ANY, _KVM_REINJECT_CONTROL, KVM_CAPABILITY_REINJECT_CONTROL },
  { ANY, _KVM_IRQFD, KVM_CAPABILITY_IRQFD },
  { ANY, _KVM_CREATE_PIT2, KVM_CAPABILITY_PIT2 },
  { ANY, _KVM_SET_BOOT_CPU_ID, KVM_CAPABILITY_SET_BOOT_CPU_ID },
  { ANY, _KVM_IOEVENTFD, KVM_CAPABILITY_IOEVENTFD },
  { ANY, _KVM_GET_LAPIC, KVM_CAPABILITY_IRQCHIP },
  { ANY, _KVM_SET_LAPIC, KVM_CAPABILITY_IRQCHIP },
  { ON (SYSTEM), _KVM_GET_MSRS, KVM_CAPABILITY_GET_MSR_FEATURES },
  { ANY, _KVM_XEN_HVM_CONFIG, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_SET_CLOCK, KVM_CAPABILITY_ADJUST_CLOCK },
  { ANY, _KVM_GET_CLOCK, KVM_CAPABILITY_ADJUST_CLOCK },
  { ANY, _KVM_SET_CPUID2, KVM_CAPABILITY_EXT_CPUID },
  { ANY, _KVM_GET_CPUID2, KVM_CAPABILITY_EXT_CPUID },
  { ANY, _KVM_TPR_ACCESS_REPORTING, KVM_CAPABILITY_VAPIC },
  { ANY, _KVM_SET_VAPIC_ADDR, KVM_CAPABILITY_VAPIC },
  { ANY, _KVM_GET_MP_STATE, KVM_CAPABILITY_MP_STATE },
  { ANY, _KVM_SET_MP_STATE, KVM_CAPABILITY_MP_STATE },
  { ANY, _KVM_GET_VCPU_EVENTS, KVM_CAPABILITY_VCPU_EVENTS },
  { ANY, _KVM_SET_VCPU_EVENTS, KVM_CAPABILITY_VCPU_EVENTS },
  { ANY, _KVM_GET_DEBUGREGS, KVM_CAPABILITY_DEBUGREGS },
  { ANY, _KVM_SET_DEBUGREGS, KVM_CAPABILITY_DEBUGREGS },
  { ANY, _KVM_GET_XSAVE, KVM_CAPABILITY_XSAVE },
  { ANY, _KVM_SET_XSAVE, KVM_CAPABILITY_XSAVE },
  { ANY, _KVM_GET_XSAVE2, KVM_CAPABILITY_XSAVE2 },
  { ANY, _KVM_GET_XCRS, KVM_CAPABILITY_XCRS },
  { ANY, _KVM_SET_XCRS, KVM_CAPABILITY_XCRS },
  { ANY, _KVM_GET_SREGS2, KVM_CAPABILITY_SREGS2 },
  { ANY, _KVM_SET_SREGS2, KVM_CAPABILITY_SREGS2 },
  { ANY, _KVM_GET_NESTED_STATE, KVM_CAPABILITY_NESTED_STATE },
  { ANY, _KVM_SET_NESTED_STATE, KVM_CAPABILITY_NESTED_STATE },
  { ANY, _KVM_SET_GUEST_DEBUG, KVM_CAPABILITY_SET_GUEST_DEBUG },
  { ANY, _KVM_X86_SETUP_MCE, KVM_CAPABILITY_MCE },
  { ANY, _KVM_X86_GET_MCE_CAP_SUPPORTED, KVM_CAPABILITY_MCE },
  { ANY, _KVM_X86_SET_MCE, KVM_CAPABILITY_MCE },
  { ON (VM), _KVM_SET_TSC_KHZ, KVM_CAPABILITY_VM_TSC_CONTROL },
  { ON (VM), _KVM_GET_TSC_KHZ, KVM_CAPABILITY_VM_TSC_CONTROL },
  { ON (VCPU), _KVM_SET_TSC_KHZ, KVM_CAPABILITY_TSC_CONTROL },
  { ON (VCPU), _KVM_GET_TSC_KHZ, KVM_CAPABILITY_GET_TSC_KHZ },
  { ANY, _KVM_NMI, KVM_CAPABILITY_USER_NMI },
  { ANY, _KVM_GET_PIT2, KVM_CAPABILITY_PIT_STATE2 },
  { ANY, _KVM_SET_PIT2, KVM_CAPABILITY_PIT_STATE2 },
  { ANY, _KVM_SIGNAL_MSI, KVM_CAPABILITY_SIGNAL_MSI },
  { ANY, _KVM_GET_ONE_REG, KVM_CAPABILITY_ONE_REG },
  { ANY, _KVM_SET_ONE_REG, KVM_CAPABILITY_ONE_REG },
  { ANY, _KVM_KVMCLOCK_CTRL, KVM_CAPABILITY_KVMCLOCK_CTRL },
  { ANY, _KVM_GET_REG_LIST, KVM_CAPABILITY_ONE_REG },
  { ANY, _KVM_SMI, KVM_CAPABILITY_X86_SMM },
  { ON (SYSTEM), _KVM_GET_SUPPORTED_HV_CPUID, KVM_CAPABILITY_SYS_HYPERV_CPUID },
  { ON (VCPU), _KVM_GET_SUPPORTED_HV_CPUID, KVM_CAPABILITY_HYPERV_CPUID },
  { ANY, _KVM_X86_SET_MSR_FILTER, KVM_CAPABILITY_X86_MSR_FILTER },
  { ANY, _KVM_SET_PMU_EVENT_FILTER, KVM_CAPABILITY_PMU_EVENT_FILTER },
  { ANY, _KVM_HYPERV_EVENTFD, KVM_CAPABILITY_HYPERV_EVENTFD },
  { ANY, _KVM_XEN_HVM_GET_ATTR, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_XEN_HVM_SET_ATTR, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_XEN_VCPU_GET_ATTR, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_XEN_VCPU_SET_ATTR, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_XEN_HVM_EVTCHN_SEND, KVM_CAPABILITY_XEN_HVM },
  { ANY, _KVM_CREATE_DEVICE, KVM_CAPABILITY_DEVICE_CTRL },
  { ANY, _KVM_GET_STATS_FD, KVM_CAPABILITY_BINARY_STATS_FD },
  { ON (SYSTEM), _KVM_GET_DEVICE_ATTR, KVM_CAPABILITY_SYS_ATTRIBUTES },
  { ON (VCPU), _KVM_GET_DEVICE_ATTR, KVM_CAPABILITY_VCPU_ATTRIBUTES },
  { ON (VCPU), _KVM_SET_DEVICE_ATTR, KVM_CAPABILITY_VCPU_ATTRIBUTES },
  { ANY, _KVM_ARM_MTE_COPY_TAGS, KVM_CAPABILITY_ARM_MTE },
  { ANY, _KVM_ARM_SET_COUNTER_OFFSET, KVM_CAPABILITY_COUNTER_OFFSET },
  { ANY, _KVM_ARM_GET_REG_WRITABLE_MASKS, KVM_CAPABILITY_ARM_SUPPORTED_REG_MASK_RANGES },
  { ANY, _KVM_ARM_VCPU_FINALIZE, KVM_CAPABILITY_ARM_SVE },
  { ON (VM), _KVM_ENABLE_CAP, KVM_CAPABILITY_ENABLE_CAP_VM },
  { ON (VCPU), _KVM_ENABLE_CAP, KVM_CAPABILITY_ENABLE_CAP },
};

int
_kvm_handle_peek_extension (KvmHandle *handle, guint capability)
{
  for (; handle != NULL; handle = handle->parent)
    if (handle->kind == KVM_HANDLE_VM || handle->kind == KVM_HANDLE_SYSTEM)
      {
        int ret = ioctl (handle->fd, _KVM_CHECK_EXTENSION, (gulong) capability);

        if (ret != -1)
          return ret;
      }
  return 0;
}

static gboolean
set_gate_error (KvmHandle *handle, gulong request, const char *name, const char *object,
                GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    if (gates[i].request == request && (gates[i].kinds & 1u << handle->kind))
      {
        g_autoptr (GEnumClass) klass = NULL;
        GEnumValue *value;

        if (_kvm_handle_peek_extension (handle, gates[i].capability) != 0)
          return FALSE;

        klass = g_type_class_ref (KVM_TYPE_CAPABILITY);
        value = g_enum_get_value (klass, gates[i].capability);
        g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                     "%s on %s: this kernel does not have it (KVM_CAP_%s is 0)", name, object,
                     value->value_name + strlen ("KVM_CAPABILITY_"));
        return TRUE;
      }
  return FALSE;
}

void
_kvm_ioctl_set_error (KvmHandle *handle, gulong request, const char *name, int errsv,
                      GError **error)
{
  g_autofree char *object = NULL;

  /* It may have been closed during the call. */
  if (!_kvm_handle_check (handle, name, error))
    return;

  object = _kvm_handle_describe (handle);
  switch (errsv)
    {
    case ENOTTY:
    case ENOSYS:
    case EOPNOTSUPP:
      if (!set_gate_error (handle, request, name, object, error))
        g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                     "%s on %s: this kernel does not have it: %s", name, object,
                     g_strerror (errsv));
      break;
    case EINVAL:
      if (set_gate_error (handle, request, name, object, error))
        break;
      G_GNUC_FALLTHROUGH;
    default:
      _kvm_error_set_errno (error, errsv, "%s on %s", name, object);
      if (errsv == EIO && handle->kind != KVM_HANDLE_SYSTEM)
        _kvm_error_add_detail (error, "the VM was made by another process, or is dead");
      else if (errsv == ENOEXEC && handle->kind == KVM_HANDLE_VCPU)
        _kvm_error_add_detail (error,
                               "the vCPU is not initialized yet, see kvm_vcpu_arm64_init ()");
    }
}

/* A call that the kernel makes beside a run, without the lock that it holds for a run. */
static inline gboolean
goes_beside_run (gulong request)
{
  return KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_RISCV && request == _KVM_INTERRUPT;
}

static G_GNUC_NO_INLINE int
make_slowly (KvmHandle *handle, gulong request, const char *name, gulong argument, GError **error)
{
  gboolean takes_vcpu = handle->kind == KVM_HANDLE_VCPU && !goes_beside_run (request);
  int ret, errsv = 0, tries = MAX_TRIES;

  if (!_kvm_handle_check (handle, name, error))
    return -1;

  if (takes_vcpu && !_kvm_run_state_enter (&handle->state))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
                   "%s on vCPU %" G_GUINT64_FORMAT ": it is running in another thread; kick it "
                   "first",
                   name, handle->id);
      return -1;
    }

  if (handle->is_synced && (errsv = _kvm_vcpu_x86_flush_sync (handle, request)) != 0)
    {
      name = "KVM_SET_REGS";
      request = _KVM_SET_REGS;
      tries = 0;
    }
  for (ret = -1; tries > 0; tries--)
    {
      ret = ioctl (handle->fd, request, argument);
      if (G_LIKELY (ret != -1))
        break;
      errsv = errno;
      if (errsv != EINTR)
        break;
    }

  if (takes_vcpu)
    _kvm_run_state_leave (&handle->state);

  if (G_UNLIKELY (ret == -1))
    _kvm_ioctl_set_error (handle, request, name, errsv, error);
  return ret;
}

int
_kvm_ioctl_finish (KvmHandle *handle, gulong request, const char *name, gulong argument, int ret,
                   GError **error)
{
  if (ret == KVM_IOCTL_NOT_MADE || ret == -EINTR)
    return make_slowly (handle, request, name, argument, error);

  _kvm_ioctl_set_error (handle, request, name, -ret, error);
  return -1;
}

int
_kvm_ioctl (KvmHandle *handle, gulong request, const char *name, gulong argument, GError **error)
{
  return handle->kind == KVM_HANDLE_VCPU ? _kvm_ioctl_often (handle, request, name, argument, error)
                                         : make_slowly (handle, request, name, argument, error);
}

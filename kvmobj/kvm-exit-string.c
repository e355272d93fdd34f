/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-arch-private.h"
#include "kvm-exit-private.h"
#include "x86/kvm-exit-x86.h"

/* As many elements of a string instruction, or bytes, as fit a line that a person reads. */
#define MAX_PRINTED 16

static void
print_access (KvmExit *self, GString *string)
{
  gboolean is_io = _kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO;
  gboolean is_write = kvm_exit_is_write (self);
  guint count = kvm_exit_get_count (self);
  guint size = kvm_exit_get_size (self);

  g_string_append_printf (string, "%s %s of ", is_io ? "port" : "MMIO",
                          is_write ? "write" : "read");
  if (count != 1)
    g_string_append_printf (string, "%u × ", count);
  g_string_append_printf (string, "%u %s at 0x%0*" G_GINT64_MODIFIER "x", size,
                          size == 1 ? "byte" : "bytes", is_io ? 4 : 8, kvm_exit_get_address (self));
  if (!is_write)
    return;

  g_string_append_c (string, ':');
  for (guint i = 0; i < MIN (count, MAX_PRINTED); i++)
    {
      guint64 value = is_io ? kvm_exit_get_element (self, i) : kvm_exit_get_value (self);

      g_string_append_printf (string, " 0x%0*" G_GINT64_MODIFIER "x", (int) size * 2, value);
      if (size == 1 && is_io && g_ascii_isprint (value))
        g_string_append_printf (string, " '%c'", (char) value);
    }
  if (count > MAX_PRINTED)
    g_string_append (string, " …");
}

static void
print_words (GString *string, guint64 *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (string, " 0x%" G_GINT64_MODIFIER "x", words[i]);
  g_free (words);
}

static void
print_internal_error (KvmExit *self, GString *string)
{
  static const char *const names[] = {
    [KVM_INTERNAL_ERROR_TYPE_EMULATION] = "emulation failed",
    [KVM_INTERNAL_ERROR_TYPE_SIMULTANEOUS_EXCEPTION] = "exception during an exception",
    [KVM_INTERNAL_ERROR_TYPE_EVENT_DELIVERY] = "event could not be delivered",
    [KVM_INTERNAL_ERROR_TYPE_UNEXPECTED_EXIT] = "unexpected exit of the hardware",
  };
  KvmInternalErrorType type = kvm_exit_get_internal_error (self);
  guint64 *data;
  gsize n;

  g_string_append (string, "internal error: ");
  if (type == KVM_INTERNAL_ERROR_TYPE_OTHER)
    g_string_append_printf (string, "number %u", kvm_exit_get_raw_internal_error (self));
  else
    g_string_append (string, names[type]);

  if (self->rip_known)
    g_string_append_printf (string, " at rip 0x%" G_GINT64_MODIFIER "x", self->rip);

  if (type == KVM_INTERNAL_ERROR_TYPE_EMULATION)
    {
      g_autofree guint8 *insn = kvm_exit_x86_get_instruction_bytes (self, &n);

      if (n != 0)
        {
          g_string_append (string, " on bytes");
          for (gsize i = 0; i < n; i++)
            g_string_append_printf (string, " %02x", insn[i]);
          return;
        }
    }

  data = kvm_exit_get_internal_error_data (self, &n);
  if (n != 0)
    g_string_append (string, ", data");
  print_words (string, data, n);
}

static void
print_system_event (KvmExit *self, GString *string)
{
  static const char *const names[] = {
    [KVM_SYSTEM_EVENT_TYPE_SHUTDOWN] = "shutdown",
    [KVM_SYSTEM_EVENT_TYPE_RESET] = "reset",
    [KVM_SYSTEM_EVENT_TYPE_CRASH] = "crash",
    [KVM_SYSTEM_EVENT_TYPE_WAKEUP] = "wake-up",
    [KVM_SYSTEM_EVENT_TYPE_SUSPEND] = "suspend",
    [KVM_SYSTEM_EVENT_TYPE_SEV_TERM] = "SEV termination",
    [KVM_SYSTEM_EVENT_TYPE_TDX_FATAL] = "fatal error of TDX",
  };
  KvmSystemEventType type = kvm_exit_get_system_event (self);
  guint64 *data;
  gsize n;

  g_string_append (string, "system event: ");
  if (type == KVM_SYSTEM_EVENT_TYPE_OTHER)
    g_string_append_printf (string, "number %u", kvm_exit_get_raw_system_event (self));
  else
    g_string_append (string, names[type]);

  data = kvm_exit_get_system_event_data (self, &n);
  if (n != 0)
    g_string_append (string, ", data");
  print_words (string, data, n);
}

static void
print_hypercall (KvmExit *self, GString *string)
{
  guint64 *arguments;
  gsize n;

  g_string_append_printf (string, "hypercall 0x%" G_GINT64_MODIFIER "x, arguments",
                          kvm_exit_get_hypercall_number (self));
  arguments = kvm_exit_get_hypercall_arguments (self, &n);
  print_words (string, arguments, n);
}

static void
print_debug (KvmExit *self, GString *string)
{
  const KvmAbiRun *run = self->run;

  g_string_append (string, "debug");
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
  g_string_append_printf (string,
                          " exception %u at rip 0x%" G_GINT64_MODIFIER
                          "x, dr6 0x%" G_GINT64_MODIFIER "x, dr7 0x%" G_GINT64_MODIFIER "x",
                          run->debug_x86.exception, run->debug_x86.pc, run->debug_x86.dr6,
                          run->debug_x86.dr7);
#elif KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64
  g_string_append_printf (string, " exception, syndrome 0x%x, address 0x%" G_GINT64_MODIFIER "x",
                          run->debug_arm64.hsr, run->debug_arm64.far);
#else
  (void) run;
#endif
}

static void
print_interruption (KvmExit *self, GString *string)
{
  static const char *const causes[] = {
    [KVM_INTERRUPTION_NONE] = "interrupted",
    [KVM_INTERRUPTION_KICK] = "interrupted by a kick",
    [KVM_INTERRUPTION_CANCELLED] = "interrupted by its cancellable",
    [KVM_INTERRUPTION_SIGNAL] = "interrupted by a signal",
    [KVM_INTERRUPTION_COMPLETED] = "interrupted, with nothing pending any more",
  };

  g_string_append (string, causes[self->interruption]);
}

/* An exit that only x86 has; FALSE if this is none. */
static gboolean
print_x86 (KvmExit *self, GString *string)
{
  const KvmAbiRun *run = self->run;

  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_EXCEPTION:
      g_string_append_printf (string, "exception %u, error code 0x%x", run->ex.exception,
                              run->ex.error_code);
      return TRUE;
    case KVM_EXIT_REASON_HLT:
      g_string_append (string, "halt");
      return TRUE;
    case KVM_EXIT_REASON_IRQ_WINDOW_OPEN:
      g_string_append (string, "interrupt window open");
      return TRUE;
    case KVM_EXIT_REASON_SHUTDOWN:
      g_string_append (string, "shutdown (often a triple fault)");
      return TRUE;
    case KVM_EXIT_REASON_SET_TPR:
      g_string_append_printf (string, "task priority set to %" G_GUINT64_FORMAT, run->cr8);
      return TRUE;
    case KVM_EXIT_REASON_TPR_ACCESS:
      g_string_append_printf (string, "task priority %s at rip 0x%" G_GINT64_MODIFIER "x",
                              run->tpr_access.is_write ? "written" : "read", run->tpr_access.rip);
      return TRUE;
    case KVM_EXIT_REASON_IOAPIC_EOI:
      g_string_append_printf (string, "end of interrupt %u", run->eoi.vector);
      return TRUE;
    case KVM_EXIT_REASON_X86_RDMSR:
    case KVM_EXIT_REASON_X86_WRMSR:
      g_string_append_printf (string, "MSR %s of 0x%08x",
                              _kvm_exit_get_latched (self) == KVM_EXIT_REASON_X86_RDMSR ? "read"
                                                                                        : "write",
                              run->msr.index);
      if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_X86_WRMSR)
        g_string_append_printf (string, ": 0x%016" G_GINT64_MODIFIER "x", run->msr.data);
      g_string_append_printf (string, " (%s)",
                              run->msr.reason & 1   ? "not valid"
                              : run->msr.reason & 2 ? "not known to the kernel"
                              : run->msr.reason & 4 ? "denied by a filter"
                                                    : "no reason given");
      return TRUE;
    case KVM_EXIT_REASON_AP_RESET_HOLD:
      g_string_append (string, "application processor waits for its start");
      return TRUE;
    case KVM_EXIT_REASON_X86_BUS_LOCK:
      g_string_append (string, "bus locked");
      return TRUE;
    case KVM_EXIT_REASON_NOTIFY:
      g_string_append_printf (string, "no events taken for too long%s",
                              run->notify.flags & 1 ? ", context lost" : "");
      return TRUE;
    case KVM_EXIT_REASON_HYPERV:
      if (run->hyperv.type == KVMOBJ_HYPERV_HCALL)
        g_string_append_printf (string, "Hyper-V hypercall 0x%" G_GINT64_MODIFIER "x",
                                run->hyperv.hcall.input);
      else
        g_string_append_printf (string, "Hyper-V %s, MSR 0x%08x",
                                run->hyperv.type == KVMOBJ_HYPERV_SYNIC    ? "interrupt controller"
                                : run->hyperv.type == KVMOBJ_HYPERV_SYNDBG ? "debugger"
                                                                           : "something new",
                                run->hyperv.synic.msr);
      return TRUE;
    case KVM_EXIT_REASON_XEN:
      g_string_append_printf (string, "Xen hypercall %" G_GUINT64_FORMAT " from CPL %u",
                              run->xen.input, run->xen.cpl);
      return TRUE;
    case KVM_EXIT_REASON_TDX:
      g_string_append_printf (string, "TDX call 0x%" G_GINT64_MODIFIER "x", run->tdx.nr);
      return TRUE;
    case KVM_EXIT_REASON_SNP_REQ_CERTS:
      g_string_append_printf (string,
                              "SEV-SNP certificates wanted in %" G_GUINT64_FORMAT
                              " pages at 0x%" G_GINT64_MODIFIER "x",
                              run->snp_req_certs.npages, run->snp_req_certs.gpa);
      return TRUE;
    default:
      return FALSE;
    }
}

/* An exit that only arm64 has; FALSE if this is none. */
static gboolean
print_arm64 (KvmExit *self, GString *string)
{
  const KvmAbiRun *run = self->run;

  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_ARM_NISV:
    case KVM_EXIT_REASON_ARM_LDST64B:
      g_string_append_printf (string,
                              "%s at 0x%08" G_GINT64_MODIFIER "x (ISS 0x%" G_GINT64_MODIFIER "x)",
                              _kvm_exit_get_latched (self) == KVM_EXIT_REASON_ARM_NISV
                                  ? "memory access that was not decoded"
                                  : "64-byte load or store",
                              run->arm_nisv.fault_ipa, run->arm_nisv.esr_iss);
      return TRUE;
    case KVM_EXIT_REASON_ARM_SEA:
      g_string_append_printf (string,
                              "memory with a hardware error at virtual 0x%" G_GINT64_MODIFIER
                              "x (ESR 0x%" G_GINT64_MODIFIER "x)",
                              run->arm_sea.gva, run->arm_sea.esr);
      if (run->arm_sea.flags & 1)
        g_string_append_printf (string, ", physical 0x%" G_GINT64_MODIFIER "x", run->arm_sea.gpa);
      return TRUE;
    default:
      return FALSE;
    }
}

/* An exit that only riscv has; FALSE if this is none. */
static gboolean
print_riscv (KvmExit *self, GString *string)
{
  const KvmAbiRun *run = self->run;

  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_RISCV_SBI:
      g_string_append_printf (
          string, "SBI call, extension 0x%" G_GINT64_MODIFIER "x, function %" G_GUINT64_FORMAT,
          run->riscv_sbi.extension_id, run->riscv_sbi.function_id);
      return TRUE;
    case KVM_EXIT_REASON_RISCV_CSR:
      g_string_append_printf (string, "CSR 0x%03" G_GINT64_MODIFIER "x %s", run->riscv_csr.csr_num,
                              run->riscv_csr.write_mask != 0 ? "written" : "read");
      if (run->riscv_csr.write_mask != 0)
        g_string_append_printf (string,
                                ": 0x%" G_GINT64_MODIFIER "x, mask 0x%" G_GINT64_MODIFIER "x",
                                run->riscv_csr.new_value, run->riscv_csr.write_mask);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
print_other (KvmExit *self, GString *string)
{
  g_string_append_printf (string, "exit %u, payload", kvm_exit_get_raw_reason (self));
  for (guint i = 0; i < MAX_PRINTED; i++)
    g_string_append_printf (string, " %02x", _KVM_READ_ONCE (self->run->payload[i]));
  g_string_append (string, " …");
}

/**
 * kvm_exit_to_string:
 * @self: an exit
 *
 * Says in one line what a person who debugs a guest wants to read, such as "MMIO write of 4 bytes
 * at 0x10000000: 0x0000002a". The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the line, without a line end
 *
 * Since: 0.1
 */
char *
kvm_exit_to_string (KvmExit *self)
{
  GString *string;
  KvmExit latched;

  g_return_val_if_fail (_kvm_is_exit (self), NULL);

  /* Whoever prints an exit from another thread may be overtaken by the next run: what it looks at
   * is of one reason throughout. */
  latched = *self;
  self = &latched;
  string = g_string_new (NULL);
  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_ERROR:
      g_string_append (string, "run () failed");
      break;
    case KVM_EXIT_REASON_UNKNOWN:
      if (kvm_exit_get_hardware_reason (self) == 0)
        {
          g_string_append (string, "no exit yet");
          break;
        }
      g_string_append_printf (
          string, "exit of the hardware that KVM does not know, 0x%" G_GINT64_MODIFIER "x",
          kvm_exit_get_hardware_reason (self));
      break;
    case KVM_EXIT_REASON_IO:
    case KVM_EXIT_REASON_MMIO:
      print_access (self, string);
      break;
    case KVM_EXIT_REASON_HYPERCALL:
      print_hypercall (self, string);
      break;
    case KVM_EXIT_REASON_DEBUG:
      print_debug (self, string);
      break;
    case KVM_EXIT_REASON_FAIL_ENTRY:
      g_string_append_printf (string,
                              "entry failed, hardware reason 0x%" G_GINT64_MODIFIER "x, on CPU %u",
                              kvm_exit_get_hardware_reason (self), kvm_exit_get_failed_cpu (self));
      break;
    case KVM_EXIT_REASON_INTERRUPTED:
      print_interruption (self, string);
      break;
    case KVM_EXIT_REASON_INTERNAL_ERROR:
      print_internal_error (self, string);
      break;
    case KVM_EXIT_REASON_SYSTEM_EVENT:
      print_system_event (self, string);
      break;
    case KVM_EXIT_REASON_DIRTY_RING_FULL:
      g_string_append (string, "dirty ring full");
      break;
    case KVM_EXIT_REASON_MEMORY_FAULT:
      g_string_append_printf (
          string, "memory fault in %" G_GUINT64_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "x%s%s",
          kvm_exit_get_size (self), kvm_exit_get_address (self),
          kvm_exit_get_memory_fault_flags (self) & 8 ? ", private" : "",
          kvm_exit_is_memory_poisoned (self) ? ", hardware error" : "");
      break;
    default:
      if (!print_x86 (self, string) && !print_arm64 (self, string) && !print_riscv (self, string))
        print_other (self, string);
    }
  return g_string_free (string, FALSE);
}

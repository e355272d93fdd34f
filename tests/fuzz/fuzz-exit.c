/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Run pages that no kernel would write. Each KVM_RUN takes what it leaves in the page from the
 * input: the reason, bytes of the union, and bytes anywhere in the mapping, where the ring of
 * coalesced writes and the synchronized registers are, too, or in the ring of dirty pages. Devices
 * are on the bus; afterwards everything is asked of the exit, whichever it is. */

#include "fuzz.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define RUN_BYTES 12288
#define RING_OFFSET 0x40000 /* of the dirty pages, in the same file */
#define RING_BYTES 4096
#define RING_ENTRIES (RING_BYTES / 16)
#define MEMORY_SIZE 0x10000
#define UNION_OFFSET G_STRUCT_OFFSET (struct kvm_run, hw)
#define UNION_BYTES 256
#define MAX_ENTRIES 64 /* of the kernel, for one input */
#define MAX_COPIES 4

static const guint8 *rest; /* of the input */
static gsize rest_size;
static guint n_entries;
static guint8 *page, *ring;
static gboolean are_complaints_expected;

int __real_ioctl (int fd, unsigned long request, unsigned long argument);
int __wrap_ioctl (int fd, unsigned long request, ...);
void __wrap__kvm_exit_complain (gpointer exit, const char *function);

/* A critical takes longer than all the rest. */
void
__wrap__kvm_exit_complain (gpointer exit, const char *function)
{
  g_assert_true (are_complaints_expected && KVM_IS_EXIT (exit));
}

/* How an entry ends, and what it leaves behind; without more input with nothing but a signal. */
static int
write_page (void)
{
  static const int errors[] = { 0, 0, 0, 0, 0, 0, EINTR, EAGAIN, EFAULT, EHWPOISON, ENOMEM, EIO };
  guint64 error, reason, n, where;

  if (rest_size == 0 || n_entries++ == MAX_ENTRIES)
    {
      errno = EINTR;
      return -1;
    }

  error = fuzz_take (&rest, &rest_size, 1);
  reason = fuzz_take (&rest, &rest_size, 1);
  if (reason >= 0xf0)
    reason = fuzz_take (&rest, &rest_size, 4);
  ((struct kvm_run *) page)->exit_reason = reason;
  n = fuzz_take (&rest, &rest_size, 1);
  for (guint i = 0; i < MIN (n, UNION_BYTES); i++)
    page[UNION_OFFSET + i] = fuzz_take (&rest, &rest_size, 1);
  n = fuzz_take (&rest, &rest_size, 1) % 32;
  where = fuzz_take (&rest, &rest_size, 2);
  for (guint i = 0; i < n; i++)
    if (where < 0xf000)
      page[(where + i) % RUN_BYTES] = fuzz_take (&rest, &rest_size, 1);
    else
      ring[(where + i) % RING_BYTES] = fuzz_take (&rest, &rest_size, 1);

  errno = errors[error % G_N_ELEMENTS (errors)];
  return errno == 0 ? 0 : -1;
}

int
__wrap_ioctl (int fd, unsigned long request, ...)
{
  unsigned long argument;
  va_list args;

  va_start (args, request);
  argument = va_arg (args, unsigned long);
  va_end (args);
  return request == KVM_RUN ? write_page () : __real_ioctl (fd, request, argument);
}

/* A device that trusts the bus. */

#define FUZZ_TYPE_DEVICE (fuzz_device_get_type ())
G_DECLARE_FINAL_TYPE (FuzzDevice, fuzz_device, FUZZ, DEVICE, GObject)

struct _FuzzDevice
{
  GObject parent_instance;
  guint64 length;
};

static void
check_access (KvmIoDevice *device, guint64 offset, guint size)
{
  guint64 length = FUZZ_DEVICE (device)->length;

  g_assert_true (size >= 1 && size <= 8 && offset < length && size <= length - offset);
}

static guint64
fuzz_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  check_access (device, offset, size);
  return G_MAXUINT64;
}

static gboolean
fuzz_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  check_access (device, offset, size);
  g_assert_true (size == 8 || value >> 8 * size == 0);
  return value == 0x42;
}

static void
fuzz_device_iface_init (KvmIoDeviceInterface *iface)
{
  iface->read = fuzz_device_read;
  iface->write = fuzz_device_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzDevice, fuzz_device, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, fuzz_device_iface_init))

static void
fuzz_device_class_init (FuzzDeviceClass *klass)
{
}

static void
fuzz_device_init (FuzzDevice *self)
{
}

static void
add_device (KvmVm *vm, KvmIoSpace space, guint64 address, guint64 length, gpointer device)
{
  g_autoptr (GError) error = NULL;

  if (FUZZ_IS_DEVICE (device))
    FUZZ_DEVICE (device)->length = length;
  kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), space, address, length, device,
                         KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_object_unref (device);
}

/* Reachable by one byte of the input, and at both ends of what there is. */
static void
add_devices (KvmVm *vm)
{
  g_autoptr (GError) error = NULL;

  for (guint space = KVM_IO_SPACE_PORT; space <= KVM_IO_SPACE_MMIO; space++)
    {
      add_device (vm, space, 0, 16, g_object_new (FUZZ_TYPE_DEVICE, NULL));
      add_device (vm, space, 0x10, 1, g_object_new (FUZZ_TYPE_DEVICE, NULL));
      add_device (vm, space, 0x11, 7, g_object_new (FUZZ_TYPE_DEVICE, NULL));
      add_device (vm, space, 0x20, 8, kvm_serial_new (NULL));
      add_device (vm, space, 0x30, 4, kvm_debug_exit_new ());
      add_device (vm, space, 0x60, 5, kvm_i8042_new ());
      add_device (vm, space, 0x70, 2, kvm_rtc_new ());
    }
  add_device (vm, KVM_IO_SPACE_PORT, 0xfffe, 2, g_object_new (FUZZ_TYPE_DEVICE, NULL));
  add_device (vm, KVM_IO_SPACE_MMIO, G_MAXUINT64 - 3, 3, g_object_new (FUZZ_TYPE_DEVICE, NULL));
  kvm_vm_add_coalesced_zone (vm, KVM_IO_SPACE_MMIO, 0, 16, &error);
  g_assert_no_error (error);
}

/* Everything that is asked of an exit. What it does not have is complained about, and 0. */

static guint64 (*const words[]) (KvmExit *) = {
  kvm_exit_get_address,
  kvm_exit_get_size,
  kvm_exit_get_value,
  kvm_exit_get_result,
  kvm_exit_get_hypercall_number,
  kvm_exit_get_hypercall_flags,
  kvm_exit_get_hardware_reason,
  kvm_exit_get_memory_fault_flags,
  kvm_exit_arm64_get_debug_hsr,
  kvm_exit_arm64_get_debug_far,
  kvm_exit_arm64_get_iss,
  kvm_exit_arm64_get_fault_address,
  kvm_exit_arm64_get_sea_flags,
  kvm_exit_arm64_get_sea_esr,
  kvm_exit_arm64_get_sea_virtual_address,
  kvm_exit_arm64_get_sea_physical_address,
  kvm_exit_riscv_get_sbi_extension,
  kvm_exit_riscv_get_sbi_function,
  kvm_exit_riscv_get_csr_number,
  kvm_exit_riscv_get_csr_answer,
  kvm_exit_riscv_get_csr_write_mask,
  kvm_exit_x86_get_cr8,
  kvm_exit_x86_get_apic_base,
  kvm_exit_x86_get_debug_pc,
  kvm_exit_x86_get_debug_dr6,
  kvm_exit_x86_get_debug_dr7,
  kvm_exit_x86_get_tpr_access_rip,
  kvm_exit_x86_get_emulation_flags,
  kvm_exit_x86_get_hyperv_control,
  kvm_exit_x86_get_hyperv_event_page,
  kvm_exit_x86_get_hyperv_message_page,
  kvm_exit_x86_get_hyperv_input,
  kvm_exit_x86_get_hyperv_status,
  kvm_exit_x86_get_hyperv_send_page,
  kvm_exit_x86_get_hyperv_receive_page,
  kvm_exit_x86_get_hyperv_pending_page,
  kvm_exit_x86_get_xen_input,
  kvm_exit_x86_get_tdx_flags,
  kvm_exit_x86_get_tdx_number,
  kvm_exit_x86_get_snp_certs_address,
  kvm_exit_x86_get_snp_certs_pages,
};

static guint (*const numbers[]) (KvmExit *) = {
  kvm_exit_get_raw_reason,          kvm_exit_get_count,
  kvm_exit_get_failed_cpu,          kvm_exit_get_raw_internal_error,
  kvm_exit_get_raw_system_event,    kvm_exit_x86_get_flags,
  kvm_exit_x86_get_exception,       kvm_exit_x86_get_exception_error_code,
  kvm_exit_x86_get_debug_exception, kvm_exit_x86_get_eoi_vector,
  kvm_exit_x86_get_msr_index,       kvm_exit_x86_get_msr_reason,
  kvm_exit_x86_get_notify_flags,    kvm_exit_x86_get_hyperv_type,
  kvm_exit_x86_get_hyperv_msr,      kvm_exit_x86_get_xen_type,
  kvm_exit_x86_get_xen_long_mode,   kvm_exit_x86_get_xen_cpl,
};

static gboolean (*const flags[]) (KvmExit *) = {
  kvm_exit_is_write,
  kvm_exit_is_memory_poisoned,
  kvm_exit_x86_get_interrupt_flag,
  kvm_exit_x86_get_ready_for_interrupt,
  kvm_exit_x86_get_msr_error,
};

static guint64 *(*const lists[]) (KvmExit *, gsize *) = {
  kvm_exit_get_hypercall_arguments, kvm_exit_get_internal_error_data,
  kvm_exit_get_system_event_data,   kvm_exit_riscv_get_sbi_arguments,
  kvm_exit_riscv_get_sbi_result,    kvm_exit_x86_get_hyperv_parameters,
  kvm_exit_x86_get_xen_parameters,  kvm_exit_x86_get_tdx_data,
};

static guint8 *(*const blocks[]) (KvmExit *, gsize *) = {
  kvm_exit_get_data,
  kvm_exit_x86_get_instruction_bytes,
};

static void
read_all (KvmExit *exit)
{
  gsize n;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    words[i](exit);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i](exit);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    flags[i](exit);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_free (lists[i](exit, &n));
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    g_free (blocks[i](exit, &n));
  kvm_exit_get_interruption (exit);
  kvm_exit_get_internal_error (exit);
  kvm_exit_get_system_event (exit);
  kvm_exit_get_element (exit, 0);
  kvm_exit_get_element (exit, G_MAXUINT);
}

static void
answer_all (KvmExit *exit)
{
  static const guint8 data[64];

  for (guint i = 0; i < sizeof data; i++)
    kvm_exit_set_data (exit, data, i, NULL);
  kvm_exit_set_value (exit, G_MAXUINT64);
  kvm_exit_set_element (exit, 0, 1);
  kvm_exit_set_element (exit, G_MAXUINT, 1);
  kvm_exit_set_result (exit, 1);
  kvm_exit_riscv_set_sbi_result (exit, -1, 1);
  kvm_exit_x86_set_msr_error (exit, TRUE);
  kvm_exit_x86_set_tdx_data (exit, 0, 1);
  kvm_exit_x86_set_tdx_data (exit, G_MAXUINT, 1);
  kvm_exit_x86_set_snp_certs_pages (exit, 1);
}

static void
look_at_copy (KvmExit *exit, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) copy = kvm_exit_copy (exit, &error);
  g_autofree char *string = NULL;

  g_assert_no_error (error);
  string = kvm_exit_to_string (copy);
  g_assert_cmpstr (string, ==, expected);
  read_all (copy);
}

static void
look_at_exit (KvmExit *exit, gboolean copy)
{
  g_autofree char *string = kvm_exit_to_string (exit);
  g_autoptr (GBytes) bytes = kvm_exit_to_bytes (exit);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, UNION_BYTES);
  g_assert_true (g_utf8_validate (string, -1, NULL));
  g_assert_cmpint (kvm_exit_get_reason (exit), !=, KVM_EXIT_REASON_ERROR);

  are_complaints_expected = TRUE;
  read_all (exit);
  if (copy)
    look_at_copy (exit, string);
  answer_all (exit);
  are_complaints_expected = FALSE;
}

/* What may come between two runs, and looks at the page. */
static void
use_vcpu (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) state = NULL;
  KvmX86Regs regs;

  if (kvm_vcpu_x86_get_regs (vcpu, &regs, &error))
    fuzz_assert (kvm_vcpu_x86_set_regs (vcpu, &regs, &error), error);
  else
    fuzz_assert_error (error);
  kvm_vcpu_x86_get_interrupt_window_requested (vcpu);
  switch (fuzz_take (&rest, &rest_size, 1) % 8)
    {
    case 0:
      fuzz_assert (kvm_vcpu_complete_pending (vcpu, &error) != KVM_EXIT_REASON_ERROR, error);
      break;
    case 1:
      state = kvm_vcpu_save_state (vcpu, &error);
      fuzz_assert (state != NULL, error);
      break;
    case 2:
      kvm_vcpu_kick (vcpu);
      break;
    default:
      break;
    }
}

static void
count_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
  g_assert_cmpuint (size, <=, 8);
}

static void
collect_dirty_pages (KvmDirtyLog *log)
{
  g_autoptr (GError) error = NULL;
  KvmDirtyRange range;

  kvm_dirty_log_collect (log, &error);
  g_assert_no_error (error);
  while (kvm_dirty_log_next (log, &range))
    g_assert_true (range.guest_address + range.length <= MEMORY_SIZE);
}

static gpointer
map (KvmVcpu *vcpu, gsize offset, gsize size)
{
  gpointer mapping
      = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, kvm_vcpu_get_fd (vcpu), offset);

  g_assert_true (mapping != MAP_FAILED);
  return mapping;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmDirtyLog) log = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;

  system = kvm_system_new (&error);
  g_assert_no_error (error);
  vm = kvm_system_create_vm (system, &error);
  g_assert_no_error (error);
  kvm_vm_enable_dirty_ring (vm, RING_ENTRIES, &error);
  g_assert_no_error (error);
  memory = kvm_memory_new (MEMORY_SIZE, &error);
  g_assert_no_error (error);
  slot = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error);
  g_assert_no_error (error);
  log = kvm_vm_create_dirty_log (vm, &error);
  g_assert_no_error (error);
  vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_assert_no_error (error);
  page = map (vcpu, 0, RUN_BYTES);
  ring = map (vcpu, RING_OFFSET, RING_BYTES);
  rest = data;
  rest_size = size;
  n_entries = 0;

  /* Once without a bus, where it is the first byte that says so. */
  if (fuzz_take (&rest, &rest_size, 1) % 4 != 0)
    add_devices (vm);
  while (rest_size > 0 && n_entries < MAX_ENTRIES)
    {
      if (kvm_vcpu_run (vcpu, NULL, &error) == KVM_EXIT_REASON_ERROR)
        fuzz_assert_error (error);
      else
        look_at_exit (kvm_vcpu_get_exit (vcpu), n_entries < MAX_COPIES);
      use_vcpu (vcpu);
      g_assert_cmpint (kvm_vm_drain_coalesced (vm, count_write, NULL, &error), >=, 0);
      collect_dirty_pages (log);
    }

  munmap (page, RUN_BYTES);
  munmap (ring, RING_BYTES);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The null KVM itself, through bare ioctls: to be run with it in LD_PRELOAD. It reads its variables
 * once in a process, so that every test is a process of its own. */

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

typedef struct
{
  int system, vm, vcpu;
  struct kvm_run *run;
} Machine;

/* Makes a process with these variables of the one test; FALSE in the parent, when it has ended. */
static gboolean
in_process (const char *first_variable, ...)
{
  const char *variable, *value;
  va_list args;

  if (g_test_subprocess ())
    return TRUE;

  va_start (args, first_variable);
  for (variable = first_variable; variable != NULL; variable = va_arg (args, const char *))
    {
      value = va_arg (args, const char *);
      g_setenv (variable, value, TRUE);
    }
  va_end (args);

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);

  va_start (args, first_variable);
  for (variable = first_variable; variable != NULL; variable = va_arg (args, const char *))
    {
      value = va_arg (args, const char *);
      g_unsetenv (variable);
    }
  va_end (args);
  return FALSE;
}

static void
machine_init (Machine *self)
{
  self->system = open ("/dev/kvm", O_RDWR | O_CLOEXEC);
  g_assert_cmpint (self->system, !=, -1);
  g_assert_cmpint (ioctl (self->system, KVM_GET_API_VERSION, 0), ==, 12);
  g_assert_cmpint (ioctl (self->system, KVM_GET_VCPU_MMAP_SIZE, 0), ==, 3 * getpagesize ());
  self->vm = ioctl (self->system, KVM_CREATE_VM, 0);
  g_assert_cmpint (self->vm, !=, -1);
  self->vcpu = ioctl (self->vm, KVM_CREATE_VCPU, 0);
  g_assert_cmpint (self->vcpu, !=, -1);
  self->run = mmap (NULL, 3 * getpagesize (), PROT_READ | PROT_WRITE, MAP_SHARED, self->vcpu, 0);
  g_assert_true (self->run != MAP_FAILED);
}

static void
assert_exit (Machine *self, guint reason)
{
  self->run->exit_reason = G_MAXUINT32;
  g_assert_cmpint (ioctl (self->vcpu, KVM_RUN, 0), ==, 0);
  g_assert_cmpuint (self->run->exit_reason, ==, reason);
}

#define assert_fails(call, error)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    errno = 0;                                                                                     \
    g_assert_cmpint (call, ==, -1);                                                                \
    g_assert_cmpint (errno, ==, error);                                                            \
  }                                                                                                \
  G_STMT_END

static void
test_cycle (void)
{
  Machine machine;
  struct kvm_run *run;
  const guint8 *page;

  if (!in_process (NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  run = machine.run;
  for (guint i = 0; i < 3; i++)
    {
      assert_exit (&machine, KVM_EXIT_IO);
      g_assert_cmpuint (run->io.direction, ==, KVM_EXIT_IO_OUT);
      g_assert_cmphex (run->io.port, ==, 0x3f8);
      g_assert_cmpuint (run->io.size, ==, 1);
      g_assert_cmpuint (run->io.count, ==, 1);
      g_assert_cmpuint (run->io.data_offset, ==, 4096);
      page = (const guint8 *) run + run->io.data_offset;
      g_assert_cmpuint (page[0], ==, 'x');

      assert_exit (&machine, KVM_EXIT_IO);
      g_assert_cmpuint (run->io.direction, ==, KVM_EXIT_IO_IN);
      g_assert_cmphex (run->io.port, ==, 0x60);

      assert_exit (&machine, KVM_EXIT_MMIO);
      g_assert_cmphex (run->mmio.phys_addr, ==, 0x10000000);
      g_assert_cmpuint (run->mmio.len, ==, 4);
      g_assert_cmpuint (run->mmio.is_write, ==, 1);
      g_assert_cmphex (run->mmio.data[0], ==, 0x2a);

      assert_exit (&machine, KVM_EXIT_MMIO);
      g_assert_cmpuint (run->mmio.is_write, ==, 0);

      assert_exit (&machine, KVM_EXIT_HLT);
    }
}

static void
test_immediate_exit (void)
{
  Machine machine;

  if (!in_process ("NULL_KVM_EXITS", "hlt", NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  machine.run->immediate_exit = 1;
  for (guint i = 0; i < 2; i++)
    {
      assert_fails (ioctl (machine.vcpu, KVM_RUN, 0), EINTR);
      g_assert_cmpuint (machine.run->exit_reason, ==, KVM_EXIT_INTR);
    }
  machine.run->immediate_exit = 0;
  assert_exit (&machine, KVM_EXIT_HLT);
}

static void
test_exits (void)
{
  Machine machine, other;
  const char *page;

  if (!in_process ("NULL_KVM_EXITS",
                   "page:4096:6869,page:0x1002:21,raw:2:01010a000300000000100000,"
                   "efault:39:0800000000000000,eintr,raw:24:02",
                   NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  machine_init (&other);
  for (guint i = 0; i < 2; i++)
    {
      assert_exit (&machine, KVM_EXIT_IO);
      g_assert_cmpuint (machine.run->io.count, ==, 3);
      page = (const char *) machine.run + machine.run->io.data_offset;
      g_assert_cmpmem (page, 3, "hi!", 3);
      memset ((char *) machine.run + 4096, 0, 3);

      assert_fails (ioctl (machine.vcpu, KVM_RUN, 0), EFAULT);
      g_assert_cmpuint (machine.run->exit_reason, ==, 39);
      g_assert_cmpuint (machine.run->hw.hardware_exit_reason, ==, 8);

      assert_fails (ioctl (machine.vcpu, KVM_RUN, 0), EINTR);
      g_assert_cmpuint (machine.run->exit_reason, ==, KVM_EXIT_INTR);

      assert_exit (&machine, KVM_EXIT_SYSTEM_EVENT);
      g_assert_cmpuint (machine.run->system_event.type, ==, 2);
    }

  /* Each vCPU has its own place in the list. */
  assert_exit (&other, KVM_EXIT_IO);
}

static void
test_values (void)
{
  struct kvm_mp_state state = { 3 };
  guint64 value = 0x123456789abcdef0, address = (guintptr) &value;
  struct kvm_one_reg reg = { 0x2030000200000010, address };
  struct kvm_device_attr attr = { 0, 2, 7, address };
  struct kvm_create_device device = { KVM_DEV_TYPE_VFIO, 0, 0 };
  struct kvm_reg_list *list = g_malloc0 (sizeof *list + 3 * sizeof list->reg[0]);
  Machine machine;
  int other_vcpu;

  if (!in_process (NULL))
    {
      g_free (list);
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  other_vcpu = ioctl (machine.vm, KVM_CREATE_VCPU, 1);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_MP_STATE, &state), ==, 0);
  state.mp_state = 77;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_MP_STATE, &state), ==, 0);
  g_assert_cmpuint (state.mp_state, ==, 3);
  g_assert_cmpint (ioctl (other_vcpu, KVM_GET_MP_STATE, &state), ==, 0);
  g_assert_cmpuint (state.mp_state, ==, 0);

  /* By identifier */
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_ONE_REG, &reg), ==, 0);
  reg.id++;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_ONE_REG, &reg), ==, 0);
  g_assert_cmphex (value, ==, 0);
  reg.id--;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_ONE_REG, &reg), ==, 0);
  g_assert_cmphex (value, ==, 0x123456789abcdef0);

  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_REG_LIST, list), ==, -1);
  g_assert_cmpint (errno, ==, E2BIG);
  g_assert_cmpuint (list->n, ==, 3);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_REG_LIST, list), ==, 0);
  g_assert_cmpuint (list->reg[2], !=, 0);

  /* By group and attribute; a device is made unless it is only asked for */
  device.flags = KVM_CREATE_DEVICE_TEST;
  g_assert_cmpint (ioctl (machine.vm, KVM_CREATE_DEVICE, &device), ==, 0);
  g_assert_cmpuint (device.fd, ==, 0);
  device.flags = 0;
  g_assert_cmpint (ioctl (machine.vm, KVM_CREATE_DEVICE, &device), ==, 0);
  g_assert_cmpuint (device.fd, >, 2);
  g_assert_cmpint (ioctl (device.fd, KVM_HAS_DEVICE_ATTR, &attr), ==, 0);
  g_assert_cmpint (ioctl (device.fd, KVM_SET_DEVICE_ATTR, &attr), ==, 0);
  attr.group = 3;
  g_assert_cmpint (ioctl (device.fd, KVM_GET_DEVICE_ATTR, &attr), ==, 0);
  g_assert_cmphex (value, ==, 0);
  attr.group = 2;
  g_assert_cmpint (ioctl (device.fd, KVM_GET_DEVICE_ATTR, &attr), ==, 0);
  g_assert_cmphex (value, ==, 0x123456789abcdef0);

  /* In these groups attributes have 4 bytes. */
  attr.group = KVM_DEV_VFIO_GROUP;
  g_assert_cmpint (ioctl (device.fd, KVM_GET_DEVICE_ATTR, &attr), ==, 0);
  g_assert_cmphex (value, ==, 0x1234567800000000);

  /* What is not known does nothing, but what is not of KVM goes on to the kernel. */
  g_assert_cmpint (ioctl (machine.vm, _IO (KVMIO, 0xfe), 0), ==, 0);
  assert_fails (ioctl (machine.vm, _IO (0x5a, 1), 0), ENOTTY);
  g_free (list);
}

#ifdef __x86_64__
static void
test_x86_values (void)
{
  struct kvm_regs regs = { .rip = 0x1000, .rflags = 2 }, no_regs = { 0 }, answer;
  struct kvm_irqchip chip = { .chip_id = 2 };
  struct kvm_vcpu_events events = { 0 };
  struct kvm_pit_state2 pit = { .flags = 5 };
  struct
  {
    struct kvm_msrs header;
    struct kvm_msr_entry entries[2];
  } msrs = { { .nmsrs = 2 }, { { .index = 0x10, .data = 1 }, { .index = 0x1b, .data = 2 } } };
  struct
  {
    struct kvm_cpuid2 header;
    struct kvm_cpuid_entry2 entries[8];
  } cpuid = { 0 }, cpuid_answer = { 0 };
  struct
  {
    struct kvm_nested_state header;
    guint8 data[128];
  } nested = { .header = { 0 } };
  Machine machine;

  if (!in_process (NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  memset (&answer, 0xff, sizeof answer);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_REGS, &answer), ==, 0);
  g_assert_cmpmem (&answer, sizeof answer, &no_regs, sizeof no_regs);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_REGS, &regs), ==, 0);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_REGS, &answer), ==, 0);
  g_assert_cmpmem (&answer, sizeof answer, &regs, sizeof regs);

  /* Through the run page */
  machine.run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
  machine.run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_EVENTS;
  machine.run->s.regs.regs.rip = 0x2000;
  machine.run->s.regs.events.flags = 1;
  assert_exit (&machine, KVM_EXIT_IO);
  g_assert_cmpuint (machine.run->kvm_dirty_regs, ==, 0);
  g_assert_cmphex (machine.run->s.regs.regs.rip, ==, 0x2000);
  g_assert_cmpuint (machine.run->s.regs.events.flags, ==, 0);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_REGS, &answer), ==, 0);
  g_assert_cmphex (answer.rip, ==, 0x2000);

  /* Requests of the same number, told apart by the object */
  g_assert_cmpint (ioctl (machine.vm, KVM_SET_PIT2, &pit), ==, 0);
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_VCPU_EVENTS, &events), ==, 0);
  g_assert_cmpuint (events.exception.injected, ==, 0);
  pit.flags = 0;
  g_assert_cmpint (ioctl (machine.vm, KVM_GET_PIT2, &pit), ==, 0);
  g_assert_cmpuint (pit.flags, ==, 5);

  /* By a key in the structure itself */
  chip.chip.dummy[3] = 9;
  g_assert_cmpint (ioctl (machine.vm, KVM_SET_IRQCHIP, &chip), ==, 0);
  chip.chip_id = 1;
  g_assert_cmpint (ioctl (machine.vm, KVM_GET_IRQCHIP, &chip), ==, 0);
  g_assert_cmpuint (chip.chip_id, ==, 1);
  g_assert_cmpint (chip.chip.dummy[3], ==, 0);
  chip.chip_id = 2;
  g_assert_cmpint (ioctl (machine.vm, KVM_GET_IRQCHIP, &chip), ==, 0);
  g_assert_cmpint (chip.chip.dummy[3], ==, 9);

  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_MSRS, &msrs), ==, 2);
  msrs.entries[0].index = 0x174;
  msrs.entries[1].data = 0;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_MSRS, &msrs), ==, 2);
  g_assert_cmpuint (msrs.entries[0].data, ==, 0);
  g_assert_cmpuint (msrs.entries[1].data, ==, 2);

  cpuid.header.nent = 3;
  assert_fails (ioctl (machine.system, KVM_GET_SUPPORTED_CPUID, &cpuid), E2BIG);
  g_assert_cmpuint (cpuid.header.nent, ==, 3);
  cpuid.header.nent = 8;
  g_assert_cmpint (ioctl (machine.system, KVM_GET_SUPPORTED_CPUID, &cpuid), ==, 0);
  g_assert_cmpuint (cpuid.header.nent, ==, 4);
  g_assert_cmpmem (&cpuid.entries[0].ebx, 4, "Genu", 4);
  g_assert_cmphex (cpuid.entries[3].function, ==, 0x40000000);
  cpuid.header.nent = 1;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_CPUID2, &cpuid), ==, 0);
  cpuid.header.nent = 4;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_CPUID2, &cpuid), ==, 0);
  cpuid_answer.header.nent = 3;
  assert_fails (ioctl (machine.vcpu, KVM_GET_CPUID2, &cpuid_answer), E2BIG);
  cpuid_answer.header.nent = 8;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_CPUID2, &cpuid_answer), ==, 0);
  g_assert_cmpmem (&cpuid_answer, sizeof cpuid, &cpuid, sizeof cpuid);

  nested.header.size = 64;
  assert_fails (ioctl (machine.vcpu, KVM_GET_NESTED_STATE, &nested), E2BIG);
  g_assert_cmpuint (nested.header.size, ==, 128);
  nested.header.size = 200;
  nested.header.flags = 7;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_SET_NESTED_STATE, &nested), ==, 0);
  nested.header.size = 256;
  nested.header.flags = 0;
  nested.data[200 - 128] = 9;
  g_assert_cmpint (ioctl (machine.vcpu, KVM_GET_NESTED_STATE, &nested), ==, 0);
  g_assert_cmpuint (nested.header.size, ==, 200);
  g_assert_cmpuint (nested.header.flags, ==, 7);
  g_assert_cmpuint (nested.data[200 - 128], ==, 9);
}
#endif

static void
test_capabilities (void)
{
  Machine machine;

  if (!in_process ("NULL_KVM_CAPABILITIES", "136=0,233=0x18", NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  g_assert_cmpint (ioctl (machine.system, KVM_CHECK_EXTENSION, 136), ==, 0);
  g_assert_cmpint (ioctl (machine.vm, KVM_CHECK_EXTENSION, 233), ==, 0x18);
  g_assert_cmpint (ioctl (machine.vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY), ==, 1);
  g_assert_cmpint (ioctl (machine.system, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS), ==, 2);
  g_assert_cmpint (ioctl (machine.system, KVM_CHECK_EXTENSION, 100000), ==, 0);
}

static void
test_failures (void)
{
  int system, vm, vcpu;

  if (!in_process ("NULL_KVM_FAIL", "open:EACCES:2,KVM_CREATE_VCPU:ENOMEM:2,KVM_SMI:5", NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  system = open ("/dev/kvm", O_RDWR);
  assert_fails (open ("/dev/kvm", O_RDWR), EACCES);
  vm = ioctl (system, KVM_CREATE_VM, 0);
  vcpu = ioctl (vm, KVM_CREATE_VCPU, 0);
  g_assert_cmpint (vcpu, !=, -1);
  assert_fails (ioctl (vm, KVM_CREATE_VCPU, 1), ENOMEM);
  g_assert_cmpint (ioctl (vm, KVM_CREATE_VCPU, 1), !=, -1);
  for (guint i = 0; i < 3; i++)
    assert_fails (ioctl (vcpu, KVM_SMI, 0), EIO);
}

static void
test_log (void)
{
  g_autofree char *log = NULL, *counts = NULL, *log_path = NULL, *counts_path = NULL;
  g_autofree char *directory = g_dir_make_tmp (NULL, NULL);
  g_autofree char *zeros = NULL, *expected = NULL;
  struct kvm_coalesced_mmio_zone zone = { 0x10, 4, { 1 } };
  struct
  {
    struct kvm_irq_routing header;
    struct kvm_irq_routing_entry entry;
  } routes = { { .nr = 1 }, { .gsi = 0x21, .type = 1 } };
  Machine machine;

  log_path = g_build_filename (directory, "log", NULL);
  counts_path = g_build_filename (directory, "counts", NULL);
  if (in_process ("NULL_KVM_LOG", log_path, "NULL_KVM_COUNTS", counts_path, NULL))
    {
      g_rmdir (directory);
      machine_init (&machine);
      ioctl (machine.vm, KVM_REGISTER_COALESCED_MMIO, &zone);
      ioctl (machine.vm, KVM_SET_GSI_ROUTING, &routes);
      machine.run->hw.hardware_exit_reason = 0xab;
      ioctl (machine.vcpu, KVM_RUN, 0);
      ioctl (machine.vcpu, _IO (KVMIO, 0xfe), 3);
      ioctl (machine.vcpu, _IO (KVMIO, 0xfe), 3);
      ioctl (machine.vm, KVM_CREATE_VCPU, 1);
      return;
    }
  g_test_trap_assert_passed ();

  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));
  zeros = g_strnfill (2 * 255, '0');
  expected = g_strconcat ("system 0 KVM_GET_API_VERSION 0x0\n"
                          "system 0 KVM_GET_VCPU_MMAP_SIZE 0x0\n"
                          "system 0 KVM_CREATE_VM 0x0\n"
                          "vm 0 KVM_CREATE_VCPU 0x0\n"
                          "vm 0 KVM_REGISTER_COALESCED_MMIO 10000000000000000400000001000000\n"
                          "vm 0 KVM_SET_GSI_ROUTING 0100000000000000"
                          "2100000001000000",
                          zeros + 2 * 255 - 80,
                          "\n"
                          "vcpu 0 KVM_RUN ab",
                          zeros,
                          "\n"
                          "vcpu 0 0x0000aefe 0x3\n"
                          "vcpu 0 0x0000aefe 0x3\n"
                          "vm 0 KVM_CREATE_VCPU 0x1\n",
                          NULL);
  g_assert_cmpstr (log, ==, expected);

  g_assert_true (g_file_get_contents (counts_path, &counts, NULL, NULL));
  g_assert_nonnull (strstr (counts, "KVM_CREATE_VCPU 2\n"));
  g_assert_nonnull (strstr (counts, "KVM_RUN 1\n"));
  g_assert_nonnull (strstr (counts, "0x0000aefe 2\n"));
  g_assert_null (strstr (counts, "KVM_GET_REGS"));

  g_unlink (log_path);
  g_unlink (counts_path);
  g_rmdir (directory);
}

static void
test_descriptors (void)
{
  g_autofree char *maps = NULL;
  Machine machine;
  struct stat status;
  int fd, copied, file, child_status;
  pid_t child;

  if (!in_process (NULL))
    {
      g_test_trap_assert_passed ();
      return;
    }

  machine_init (&machine);
  g_assert_cmpint (fcntl (machine.vcpu, F_GETFD) & FD_CLOEXEC, !=, 0);

  /* Copies are as good as the original, and outlive it. */
  copied = fcntl (machine.system, F_DUPFD_CLOEXEC, 100);
  g_assert_cmpint (copied, >=, 100);
  g_assert_cmpint (ioctl (copied, KVM_GET_API_VERSION, 0), ==, 12);
  fd = dup (machine.system);
  close (machine.system);
  g_assert_cmpint (ioctl (fd, KVM_GET_API_VERSION, 0), ==, 12);
  assert_fails (ioctl (machine.system, KVM_GET_API_VERSION, 0), EBADF);
  g_assert_cmpint (dup2 (fd, machine.system), ==, machine.system);
  g_assert_cmpint (ioctl (machine.system, KVM_GET_API_VERSION, 0), ==, 12);
  g_assert_cmpint (dup2 (fd, fd), ==, fd);

  /* Another file in its place is another file. */
  file = open ("/dev/null", O_RDONLY);
  g_assert_cmpint (fstat (file, &status), ==, 0);
  g_assert_true (S_ISCHR (status.st_mode));
  g_assert_cmpint (dup3 (file, fd, O_CLOEXEC), ==, fd);
  assert_fails (ioctl (fd, KVM_GET_API_VERSION, 0), ENOTTY);
  assert_fails (open ("/nonexistent", O_RDONLY), ENOENT);
  assert_fails (close (-1), EBADF);
  g_assert_cmpint (ioctl (copied, KVM_GET_API_VERSION, 0), ==, 12);

  /* What a child closes before exec () stays open in the parent, though they share their memory. */
  child = vfork ();
  if (child == 0)
    {
      close (copied);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &child_status, 0), ==, child);
  g_assert_cmpint (ioctl (copied, KVM_GET_API_VERSION, 0), ==, 12);

  child = fork ();
  if (child == 0)
    {
      close (copied);
      _exit (ioctl (copied, KVM_GET_API_VERSION, 0) == -1 && errno == EBADF ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &child_status, 0), ==, child);
  g_assert_cmpint (child_status, ==, 0);
  g_assert_cmpint (ioctl (copied, KVM_GET_API_VERSION, 0), ==, 12);

  /* The run page outlives the vCPU for as long as it is mapped, and then nothing is left of it. */
  close (machine.vcpu);
  machine.run->immediate_exit = 1;
  munmap (machine.run, 3 * getpagesize ());
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_null (strstr (maps, "memfd:null-kvm"));
}

static void
test_mistakes (void)
{
  if (!in_process ("NULL_KVM_EXITS", "io-out,page:4096:00", NULL))
    {
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*null-kvm: cannot make sense of*");
      return;
    }
  open ("/dev/kvm", O_RDWR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/null-kvm/cycle", test_cycle);
  g_test_add_func ("/null-kvm/immediate-exit", test_immediate_exit);
  g_test_add_func ("/null-kvm/exits", test_exits);
  g_test_add_func ("/null-kvm/values", test_values);
#ifdef __x86_64__
  g_test_add_func ("/null-kvm/x86-values", test_x86_values);
#endif
  g_test_add_func ("/null-kvm/capabilities", test_capabilities);
  g_test_add_func ("/null-kvm/failures", test_failures);
  g_test_add_func ("/null-kvm/log", test_log);
  g_test_add_func ("/null-kvm/descriptors", test_descriptors);
  g_test_add_func ("/null-kvm/mistakes", test_mistakes);

  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The null KVM: a library for LD_PRELOAD that answers for /dev/kvm within the process. No guest
 * ever runs: each request returns at once, KVM_RUN with the next exit of a cycle. So it shows what
 * a wrapper of KVM itself costs, in any language, and lets one be tested where there is no KVM:
 *
 *   LD_PRELOAD=./libnull-kvm.so NULL_KVM_COUNTS=- ./program
 *
 * Statistics are a file with two that never change. A GET request returns what the matching SET
 * stored in the same object, or else zeros; lists have a few made-up entries; a request that is not
 * in the table below does nothing and returns 0. These variables are read when /dev/kvm is first
 * opened; what makes no sense in them ends the process:
 *
 * NULL_KVM_EXITS=io-out,page:4096:6869,raw:2:01010a000200000000100000,eintr,hlt
 *   The exits of each vCPU, over and over; io-out,io-in,mmio-write,mmio-read,hlt unless set.
 *   raw:REASON:HEX puts up to 256 bytes at the start of the union of struct kvm_run; with an error
 *   in place of "raw" KVM_RUN fails besides, as in efault:39:00; eintr is short for eintr:10:.
 *   page:OFFSET:HEX changes bytes of the mapping together with the next exit of the list.
 *
 * NULL_KVM_CAPABILITIES=136=0,233=8
 *   What KVM_CHECK_EXTENSION answers, by number. It is 1 unless set or in numbers[] below.
 *
 * NULL_KVM_DIRTY=0x5
 *   Which of the first 64 pages of each slot are dirty whenever its log is asked for. They must be
 *   there.
 *
 * NULL_KVM_NO_MSR=0x277
 *   An MSR that vCPUs do not have: what reads or sets several stops before it.
 *
 * NULL_KVM_FAIL=KVM_CREATE_VCPU:ENOMEM,KVM_RUN:5:3
 *   Requests that fail: always or, with a third part, on that call alone, counted from 1. The name
 *   "open" is the opening of /dev/kvm. Errors are numbers or those named in errors[] below.
 *
 * NULL_KVM_LOG=/tmp/requests
 *   Appends a line "KIND NUMBER NAME ARGUMENT" for each request ("-": to stderr). The kinds are
 *   system, vm, vcpu and device; each numbers its objects from 0 as they are made. The argument is
 *   a number such as 0x1f, or the structure as it was passed in, with its entries, in hexadecimal;
 *   for KVM_RUN it is the 256 bytes of the union in the run page on entry.
 *
 * NULL_KVM_COUNTS=/tmp/counts
 *   Writes how often each request was made, as lines "NAME COUNT", at exit ("-": to stderr).
 *
 * Limits: descriptors end at 65535; close_range () leaves marks behind; a request of what another
 * thread closes has to end before N_DEAD others are closed; it takes a 64-bit little-endian
 * machine.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/fcntl.h> /* not <fcntl.h>, which would declare what we define */
#include <linux/kvm.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_FDS 65536
#define N_DEAD 256
#define N_CAPABILITIES 512
#define RUN_BYTES (3 * sysconf (_SC_PAGESIZE))
#define VCPU_FILE_BYTES (16 << 20) /* the run pages and, from page 64 on, room for a dirty ring */
#define UNION_OFFSET offsetof (struct kvm_run, hw)
#define UNION_BYTES 256
#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

/* clang-format off */
enum { SYSTEM, VM, VCPU, DEVICE, N_KINDS };
static const char *const kind_names[] = { "system", "vm", "vcpu", "device" };

/* A result of KVM_RUN and the changes to the run pages that go with it, linked into a ring. */
struct run_exit
{
  struct run_exit *next;
  unsigned reason, n_patches;
  int error;
  struct patch
  {
    size_t offset, size;
    uint8_t data[UNION_BYTES];
  } patches[8];
};

/* What a SET request stored. Group and key tell MSRs, registers, attributes and so on apart. */
struct value
{
  struct value *next;
  uint64_t group, key;
  size_t size;
  uint8_t data[];
};

struct object
{
  unsigned kind, number, references, device_type;
  struct kvm_run *run;
  const struct run_exit *exit; /* the next one */
  struct value *values[256];   /* by slot */
};

/* What to do. With STORE, VALUE to ATTR keep what they are given; without, they return it. */
enum action { NOTHING, VERSION, DIRTY, CAPABILITY, RUN_SIZE, RUN, MAKE, MAKE_DEVICE, MAKE_FILE, MAKE_STATS,
              TRANSLATION, LINE, PRE_FAULT, REFUSED, VALUE, NUMBER, LIST, MSRS, REG, ATTR, STORE = 0x40 };

struct failure { char name[64]; int error, only, calls; };

struct rule
{
  const char *name;
  uint8_t kinds, direction, nr; /* these three tell all requests apart */
  uint8_t action;
  uint8_t slot;       /* where values are kept, the number of the GET request; MAKE: the kind */
  uint8_t unit;       /* VALUE: the size of the key at the start; lists: the size of an entry */
  uint8_t count_at;   /* lists: where the 32-bit number of entries is */
  const void *preset; /* lists: what there is while nothing has been stored */
  struct rule *next;
  unsigned long calls;
};

static const uint32_t supported_cpuid[] = {
  4, 0, /* then function, index, flags, eax, ebx, ecx, edx and three unused for each */
  0, 0, 0, 7, 0x756e6547, 0x6c65746e, 0x49656e69, 0, 0, 0, /* GenuineIntel */
  1, 0, 0, 0x306c1, 0x800, 0x80202001, 0x78bfbff, 0, 0, 0,
  7, 0, 1, 0, 0x281, 0, 0, 0, 0, 0,
  0x40000000, 0, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d, 0, 0, 0, /* KVMKVMKVM */
};
static const uint32_t no_cpuid[2], nested_state[32] = { 0, 128 };
static const uint32_t msrs[] = { 5, 0x10, 0x1b, 0x174, 0x277, 0xc0000080 };
static const uint32_t feature_msrs[] = { 2, 0x8b, 0x10a };
#if defined __aarch64__ /* x0, x1, pc */
static const uint64_t regs[] = { 3, 0x6030000000100000, 0x6030000000100002, 0x6030000000100040 };
#elif defined __riscv /* pc, ra, sp */
static const uint64_t regs[] = { 3, 0x8030000002000000, 0x8030000002000001, 0x8030000002000002 };
#else /* three MSRs */
static const uint64_t regs[] = { 3, 0x2030000200000010, 0x2030000200000174, 0x20300002c0000080 };
#endif

/* Of any object: how many exits there were, and how long it halted, in ns. */
static const struct
{
  struct kvm_stats_header header;
  char id[48];
  struct
  {
    uint32_t flags;
    int16_t exponent;
    uint16_t size;
    uint32_t offset, bucket_size;
    char name[48];
  } descriptors[2];
  uint64_t values[2];
} statistics = {
  { 0, 48, 2, 24, 72, 200 },
  "null-kvm",
  { { KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10, 0, 1, 0, 0, "exits" },
    { KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_SECONDS | KVM_STATS_BASE_POW10, -9, 1, 8, 0,
      "halt_poll_success_ns" } },
  { 5, 0 },
};

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#define RULE(kinds, dir, nr, name, ...) { "KVM_" #name, kinds, dir, nr, __VA_ARGS__ }
#define IO(kinds, nr, ...) RULE (kinds, _IOC_NONE, nr, __VA_ARGS__)
#define R(kinds, nr, ...) RULE (kinds, _IOC_READ, nr, __VA_ARGS__)
#define W(kinds, nr, ...) RULE (kinds, _IOC_WRITE, nr, __VA_ARGS__)
#define WR(kinds, nr, ...) RULE (kinds, _IOC_READ | _IOC_WRITE, nr, __VA_ARGS__)
#define PAIR(kinds, get, set, name) \
  R (kinds, get, GET_##name, VALUE, get), W (kinds, set, SET_##name, STORE | VALUE, get)
enum { S = 1 << SYSTEM, V = 1 << VM, C = 1 << VCPU, D = 1 << DEVICE };

static struct rule rules[] = {
  IO (S, 0x00, GET_API_VERSION, VERSION), IO (S, 0x01, CREATE_VM, MAKE, VM),
  WR (S, 0x02, GET_MSR_INDEX_LIST, LIST, 0x02, 4, 0, msrs),
  IO (S | V, 0x03, CHECK_EXTENSION, CAPABILITY), IO (D, 0x03, CHECK_EXTENSION, REFUSED),
  IO (V, 0x00, GET_API_VERSION, REFUSED), IO (S, 0x04, GET_VCPU_MMAP_SIZE, RUN_SIZE),
  WR (S, 0x05, GET_SUPPORTED_CPUID, LIST, 0x05, 40, 0, supported_cpuid),
  WR (S, 0x09, GET_EMULATED_CPUID, LIST, 0x09, 40, 0, no_cpuid),
  WR (S, 0x0a, GET_MSR_FEATURE_INDEX_LIST, LIST, 0x0a, 4, 0, feature_msrs),
  WR (S | C, 0xc1, GET_SUPPORTED_HV_CPUID, LIST, 0xc1, 40, 0, no_cpuid),
  WR (S | C, 0x88, GET_MSRS, MSRS, 0x88, 16), W (C, 0x89, SET_MSRS, STORE | MSRS, 0x88, 16),
  R (S, 0x9d, X86_GET_MCE_CAP_SUPPORTED, VALUE, 0x9d),

  IO (V, 0x41, CREATE_VCPU, MAKE, VCPU), W (V, 0x42, GET_DIRTY_LOG, DIRTY), IO (V, 0x44, SET_NR_MMU_PAGES),
  W (V, 0x46, SET_USER_MEMORY_REGION), W (V, 0x49, SET_USER_MEMORY_REGION2),
  IO (V, 0x47, SET_TSS_ADDR), W (V, 0x48, SET_IDENTITY_MAP_ADDR), IO (V, 0x60, CREATE_IRQCHIP),
  W (V, 0x61, IRQ_LINE), WR (V, 0x67, IRQ_LINE_STATUS, LINE),
  WR (V, 0x62, GET_IRQCHIP, VALUE, 0x62, 4), R (V, 0x63, SET_IRQCHIP, STORE | VALUE, 0x62, 4),
  IO (V, 0x64, CREATE_PIT), W (V, 0x67, REGISTER_COALESCED_MMIO),
  W (V, 0x68, UNREGISTER_COALESCED_MMIO), W (V, 0x6a, SET_GSI_ROUTING, NOTHING, 0, 48),
  IO (V, 0x71, REINJECT_CONTROL), W (V, 0x76, IRQFD), W (V, 0x77, CREATE_PIT2),
  IO (V, 0x78, SET_BOOT_CPU_ID), W (V, 0x79, IOEVENTFD), W (V, 0x7a, XEN_HVM_CONFIG),
  PAIR (V, 0x7c, 0x7b, CLOCK), PAIR (V, 0x9f, 0xa0, PIT2),
  IO (V | C, 0xa2, SET_TSC_KHZ, STORE | NUMBER, 0xa3), IO (V | C, 0xa3, GET_TSC_KHZ, NUMBER, 0xa3),
  W (V | C, 0xa3, ENABLE_CAP), W (V, 0xa5, SIGNAL_MSI), W (V, 0xab, ARM_SET_DEVICE_ADDR),
  R (V, 0xaf, ARM_PREFERRED_TARGET, VALUE, 0xaf),
  W (V, 0xb2, SET_PMU_EVENT_FILTER, NOTHING, 0, 8, 4), R (V, 0xb4, ARM_MTE_COPY_TAGS),
  W (V, 0xb5, ARM_SET_COUNTER_OFFSET), R (V, 0xb6, ARM_GET_REG_WRITABLE_MASKS),
  WR (V | C, 0xba, MEMORY_ENCRYPT_OP), R (V, 0xbb, MEMORY_ENCRYPT_REG_REGION),
  R (V, 0xbc, MEMORY_ENCRYPT_UNREG_REGION), W (V, 0xbd, HYPERV_EVENTFD),
  WR (V, 0xc0, CLEAR_DIRTY_LOG), W (V, 0xc6, X86_SET_MSR_FILTER), IO (V, 0xc7, RESET_DIRTY_RINGS),
  WR (V, 0xc8, XEN_HVM_GET_ATTR, VALUE, 0xc8, 2),
  W (V, 0xc9, XEN_HVM_SET_ATTR, STORE | VALUE, 0xc8, 2), W (V, 0xd0, XEN_HVM_EVTCHN_SEND),
  IO (V | C, 0xce, GET_STATS_FD, MAKE_STATS), W (V, 0xd2, SET_MEMORY_ATTRIBUTES),
  WR (V, 0xd4, CREATE_GUEST_MEMFD, MAKE_FILE), WR (V, 0xe0, CREATE_DEVICE, MAKE_DEVICE),
  W (V | C | D, 0xe1, SET_DEVICE_ATTR, STORE | ATTR, 0xe2),
  W (S | V | C | D, 0xe2, GET_DEVICE_ATTR, ATTR, 0xe2), W (S | V | C | D, 0xe3, HAS_DEVICE_ATTR),

  IO (C, 0x80, RUN, RUN), PAIR (C, 0x81, 0x82, REGS), PAIR (C, 0x83, 0x84, SREGS),
  PAIR (C, 0x8c, 0x8d, FPU), PAIR (C, 0x8e, 0x8f, LAPIC), PAIR (C, 0x98, 0x99, MP_STATE),
  PAIR (C, 0x9f, 0xa0, VCPU_EVENTS), PAIR (C, 0xa1, 0xa2, DEBUGREGS), PAIR (C, 0xa4, 0xa5, XSAVE),
  R (C, 0xcf, GET_XSAVE2, VALUE, 0xa4), PAIR (C, 0xa6, 0xa7, XCRS), PAIR (C, 0xcc, 0xcd, SREGS2),
  WR (C, 0x85, TRANSLATE, TRANSLATION), W (C, 0x86, INTERRUPT),
  W (C, 0x8a, SET_CPUID, NOTHING, 0, 24), W (C, 0x8b, SET_SIGNAL_MASK, NOTHING, 0, 1),
  W (C, 0x90, SET_CPUID2, STORE | LIST, 0x91, 40),
  WR (C, 0x91, GET_CPUID2, LIST, 0x91, 40, 0, no_cpuid), WR (C, 0x92, TPR_ACCESS_REPORTING),
  W (C, 0x93, SET_VAPIC_ADDR), IO (C, 0x9a, NMI), W (C, 0x9b, SET_GUEST_DEBUG),
  W (C, 0x9c, X86_SETUP_MCE), W (C, 0x9e, X86_SET_MCE), W (C, 0xab, GET_ONE_REG, REG, 0xab),
  W (C, 0xac, SET_ONE_REG, STORE | REG, 0xab), IO (C, 0xad, KVMCLOCK_CTRL),
  W (C, 0xae, ARM_VCPU_INIT), WR (C, 0xb0, GET_REG_LIST, LIST, 0xb0, 8, 0, regs), IO (C, 0xb7, SMI),
  WR (C, 0xbe, GET_NESTED_STATE, LIST, 0xbe, 1, 4, nested_state),
  W (C, 0xbf, SET_NESTED_STATE, STORE | LIST, 0xbe, 1, 4), W (C, 0xc2, ARM_VCPU_FINALIZE),
  WR (C, 0xca, XEN_VCPU_GET_ATTR, VALUE, 0xca, 2),
  W (C, 0xcb, XEN_VCPU_SET_ATTR, STORE | VALUE, 0xca, 2), WR (C, 0xd5, PRE_FAULT_MEMORY, PRE_FAULT),
};

static const struct { int number, value; } numbers[] = { /* capabilities that are not just 1 */
  { KVM_CAP_NR_VCPUS, 2 }, { KVM_CAP_MAX_VCPUS, 1024 }, { KVM_CAP_MAX_VCPU_ID, 4096 },
  { KVM_CAP_NR_MEMSLOTS, 32764 }, { KVM_CAP_COALESCED_MMIO, 2 }, { KVM_CAP_IRQ_ROUTING, 4096 },
  { KVM_CAP_MCE, 32 }, { KVM_CAP_XEN_HVM, 0x7f }, { KVM_CAP_ADJUST_CLOCK, 14 },
  { KVM_CAP_SYNC_REGS, 7 }, { KVM_CAP_MULTI_ADDRESS_SPACE, 2 }, { KVM_CAP_X2APIC_API, 3 },
  { KVM_CAP_GUEST_DEBUG_HW_BPS, 6 }, { KVM_CAP_GUEST_DEBUG_HW_WPS, 4 },
  { KVM_CAP_X86_DISABLE_EXITS, 15 }, { KVM_CAP_NESTED_STATE, 128 }, { KVM_CAP_XSAVE2, 4096 },
  { KVM_CAP_ARM_VM_IPA_SIZE, 40 }, { KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 3 },
  { KVM_CAP_X86_USER_SPACE_MSR, 7 }, { KVM_CAP_DIRTY_LOG_RING, 1 << 20 },
  { KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 1 << 20 }, { KVM_CAP_X86_BUS_LOCK_EXIT, 3 },
  { KVM_CAP_SET_GUEST_DEBUG2, 0x3f0003 }, { KVM_CAP_EXIT_HYPERCALL, 1 << 12 },
  { KVM_CAP_VM_GPA_BITS, 50 }, { KVM_CAP_DISABLE_QUIRKS2, 0x7f },
  { 233 /* MEMORY_ATTRIBUTES */, 8 }, { 235 /* VM_TYPES */, 3 },
};

#define ERROR(name) { #name, name }
static const struct { const char *name; int number; } errors[] = {
  ERROR (EPERM), ERROR (ENOENT), ERROR (EINTR), ERROR (EIO), ERROR (ENXIO), ERROR (E2BIG),
  ERROR (ENOEXEC), ERROR (EBADF), ERROR (EAGAIN), ERROR (ENOMEM), ERROR (EACCES), ERROR (EFAULT),
  ERROR (EBUSY), ERROR (EEXIST), ERROR (ENODEV), ERROR (EINVAL), ERROR (ENFILE), ERROR (EMFILE),
  ERROR (ENOTTY), ERROR (ENOSPC), ERROR (ERANGE), ERROR (EDEADLK), ERROR (ENOSYS), ERROR (EPROTO),
  ERROR (EOVERFLOW), ERROR (EOPNOTSUPP), ERROR (ETIMEDOUT), ERROR (ECANCELED), ERROR (EHWPOISON),
};

static const struct { const char *name, *meaning; } exit_names[] = {
  { "io-out", "page:4096:78,raw:2:0101f803010000000010000000000000" },
  { "io-in", "raw:2:00016000010000000010000000000000" },
  { "mmio-write", "raw:6:00000010000000002a000000000000000400000001000000" },
  { "mmio-read", "raw:6:000000100000000000000000000000000400000000000000" },
  { "hlt", "raw:5:" }, { "eintr", "eintr:10:" },
};
/* clang-format on */

static struct object *marks[N_FDS]; /* by descriptor; NULL for those that are not ours */
static struct rule *rule_of[N_KINDS][4][256], unlisted, *others;
static struct run_exit *first_exit, **last_exit = &first_exit, *unfinished_exit;
static struct failure *failures;
static uint64_t dirty_pages, absent_msr;
static int capabilities[N_CAPABILITIES], n_failures, ready, observed;
static FILE *log_file, *counts_file;
static uint8_t zeros[32768];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t owner; /* whose marks these are: not those of a child between vfork () and exec () */

static int
fail (int error)
{
  errno = error;
  return -1;
}

/* memcpy (), but counted as ours: the barrier keeps the compiler from calling libc's instead. */
static inline void
copy (void *to, const void *from, size_t size)
{
  uint8_t *t = to;
  const uint8_t *f = from;

  for (; size >= 8; size -= 8, t += 8, f += 8)
    {
      __builtin_memcpy (t, f, 8);
      __asm__ volatile("" : : : "memory");
    }
  for (; size > 0; size--)
    {
      *t++ = *f++;
      __asm__ volatile("" : : : "memory");
    }
}

/* Setting up, with the mutex held. */

static void
die (const char *text)
{
  fprintf (stderr, "null-kvm: cannot make sense of \"%s\"\n", text);
  _exit (2);
}

static const char *
variable (const char *name, const char *if_unset)
{
  const char *value = getenv (name);

  return value != NULL ? value : if_unset;
}

static FILE *
output (const char *name, const char *mode)
{
  const char *path = getenv (name);
  FILE *file = path == NULL ? NULL : strcmp (path, "-") == 0 ? stderr : fopen (path, mode);

  if (path != NULL && file == NULL)
    die (path);
  return file;
}

static int
parse_error (const char *text)
{
  for (size_t i = 0; i < N_ELEMENTS (errors); i++)
    if (strcasecmp (text, errors[i].name) == 0)
      return errors[i].number;
  if (atoi (text) <= 0)
    die (text);
  return atoi (text);
}

static void
parse_exit (const char *item)
{
  struct run_exit *exit = unfinished_exit != NULL ? unfinished_exit : calloc (1, sizeof *exit);
  struct patch *patch = &exit->patches[exit->n_patches++];
  char kind[16];
  int start = 0;
  long number;

  if (sscanf (item, "%15[^:]:%li:%n", kind, &number, &start) != 2 || start == 0
      || exit->n_patches == N_ELEMENTS (exit->patches))
    die (item);
  patch->offset = strcmp (kind, "page") == 0 ? (size_t) number : UNION_OFFSET;
  for (const char *hex = item + start; *hex != '\0'; hex += 2)
    if (patch->size == UNION_BYTES || patch->offset + patch->size >= (size_t) RUN_BYTES
        || hex[1] == '\0' || sscanf (hex, "%2hhx", &patch->data[patch->size++]) != 1)
      die (item);

  unfinished_exit = exit;
  if (strcmp (kind, "page") == 0)
    return;
  exit->reason = number;
  exit->error = strcmp (kind, "raw") == 0 ? 0 : parse_error (kind);
  *last_exit = exit;
  last_exit = &exit->next;
  unfinished_exit = NULL;
}

static void
parse_exits (const char *items)
{
  char *list = strdupa (items), *item;

  while ((item = strsep (&list, ",")) != NULL)
    {
      size_t i = 0;

      while (i < N_ELEMENTS (exit_names) && strcmp (item, exit_names[i].name) != 0)
        i++;
      if (i < N_ELEMENTS (exit_names))
        parse_exits (exit_names[i].meaning);
      else
        parse_exit (item);
    }
}

static void
forked (void)
{
  owner = getpid ();
  counts_file = NULL;
  pthread_mutex_init (&mutex, NULL);
}

static void
set_up (void)
{
  char *list, *item, error[32];
  struct failure *failure;
  unsigned number;
  int value;

  for (int i = 0; i < N_KINDS * 4 * 256; i++)
    rule_of[i / 1024][i / 256 % 4][i % 256] = &unlisted;
  for (struct rule *rule = rules; rule < rules + N_ELEMENTS (rules); rule++)
    for (int kind = 0; kind < N_KINDS; kind++)
      if (rule->kinds & 1 << kind)
        rule_of[kind][rule->direction][rule->nr] = rule;

  parse_exits (variable ("NULL_KVM_EXITS", "io-out,io-in,mmio-write,mmio-read,hlt"));
  if (unfinished_exit != NULL)
    die ("page with no exit after it");
  *last_exit = first_exit;

  for (int i = 0; i < N_CAPABILITIES; i++)
    capabilities[i] = 1;
  for (size_t i = 0; i < N_ELEMENTS (numbers); i++)
    capabilities[numbers[i].number] = numbers[i].value;
  dirty_pages = strtoull (variable ("NULL_KVM_DIRTY", "0"), NULL, 0);
  absent_msr = strtoull (variable ("NULL_KVM_NO_MSR", "0xffffffffffff"), NULL, 0);
  list = strdupa (variable ("NULL_KVM_CAPABILITIES", ""));
  while ((item = strsep (&list, ",")) != NULL && *item != '\0')
    if (sscanf (item, "%u=%i", &number, &value) == 2 && number < N_CAPABILITIES
        && (number != KVM_CAP_XSAVE2 || value <= (int) sizeof zeros))
      capabilities[number] = value;
    else
      die (item);

  list = strdupa (variable ("NULL_KVM_FAIL", ""));
  while ((item = strsep (&list, ",")) != NULL && *item != '\0')
    {
      failures = realloc (failures, (n_failures + 1) * sizeof *failures);
      failure = memset (&failures[n_failures++], 0, sizeof *failure);
      if (sscanf (item, "%63[^:]:%31[^:]:%d", failure->name, error, &failure->only) < 2)
        die (item);
      failure->error = parse_error (error);
    }

  log_file = output ("NULL_KVM_LOG", "ae");
  counts_file = output ("NULL_KVM_COUNTS", "we");
  observed = n_failures > 0 || log_file != NULL || counts_file != NULL;
  owner = getpid ();
  pthread_atfork (NULL, NULL, forked);
  ready = 1;
}

/* Descriptors and their objects. */

static inline struct object *
get_mark (int fd)
{
  return (unsigned) fd < N_FDS ? __atomic_load_n (&marks[fd], __ATOMIC_ACQUIRE) : NULL;
}

/* Buries an object, in the place of the one that has been dead for longest. The descriptor's memory
 * is given back at once. */
static void
bury (struct object *object)
{
  static struct object *dead[N_DEAD];
  static unsigned n_buried;
  struct object *old = dead[n_buried % N_DEAD];

  if (object->run != NULL
      && mmap (object->run, RUN_BYTES, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
             == MAP_FAILED)
    abort ();
  dead[n_buried++ % N_DEAD] = object;
  if (old == NULL)
    return;
  for (int slot = 0; slot < 256; slot++)
    for (struct value *value; (value = old->values[slot]) != NULL; free (value))
      old->values[slot] = value->next;
  if (old->run != NULL)
    munmap (old->run, RUN_BYTES);
  free (old);
}

static void
set_mark (int fd, struct object *object)
{
  struct object *old;

  if (get_mark (fd) == object || (unsigned) fd >= N_FDS || getpid () != owner)
    return;
  pthread_mutex_lock (&mutex);
  old = marks[fd];
  if (object != NULL)
    object->references++;
  __atomic_store_n (&marks[fd], object, __ATOMIC_RELEASE);
  if (old != NULL && --old->references == 0)
    bury (old);
  pthread_mutex_unlock (&mutex);
}

static int
make_file (uint64_t size)
{
  int fd = memfd_create ("null-kvm", MFD_CLOEXEC);

  if (fd != -1 && (fd >= N_FDS || (size > 0 && ftruncate (fd, size) != 0)))
    {
      syscall (SYS_close, fd);
      return fail (EMFILE);
    }
  return fd;
}

static int
make_stats (void)
{
  int fd = make_file (sizeof statistics);

  if (fd != -1 && syscall (SYS_pwrite64, fd, &statistics, sizeof statistics, 0) == -1)
    abort ();
  return fd;
}

static int
make_object (unsigned kind, unsigned device_type)
{
  static unsigned n_made[N_KINDS];
  struct object *object;
  int fd = make_file (kind == VCPU ? VCPU_FILE_BYTES : 0);

  if (fd == -1)
    return -1;
  object = calloc (1, sizeof *object);
  object->kind = kind;
  object->number = __atomic_fetch_add (&n_made[kind], 1, __ATOMIC_RELAXED);
  object->device_type = device_type;
  object->exit = first_exit;
  if (kind == VCPU)
    object->run = mmap (NULL, RUN_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (object->run == MAP_FAILED)
    abort ();
  set_mark (fd, object);
  return fd;
}

/* Values. */

__attribute__ ((noinline)) static void
transfer (struct object *object, const struct rule *rule, uint64_t group, uint64_t key, void *data,
          size_t size)
{
  struct value *value = __atomic_load_n (&object->values[rule->slot], __ATOMIC_ACQUIRE);

  while (value != NULL && (value->key != key || value->group != group || value->size < size))
    value = value->next;
  if (!(rule->action & STORE))
    copy (data, value != NULL ? value->data : zeros, size);
  else if (value != NULL)
    copy (value->data, data, size);
  else
    {
      value = calloc (1, sizeof *value + size);
      value->group = group;
      value->key = key;
      value->size = size;
      copy (value->data, data, size);
      pthread_mutex_lock (&mutex);
      value->next = object->values[rule->slot];
      __atomic_store_n (&object->values[rule->slot], value, __ATOMIC_RELEASE);
      pthread_mutex_unlock (&mutex);
    }
}

/* The size of a structure and its entries. The nested state alone counts all of it itself. */
static size_t
list_size (const struct rule *rule, uint32_t request, const void *list)
{
  uint32_t count;

  copy (&count, (const uint8_t *) list + rule->count_at, sizeof count);
  return (rule->slot == 0xbe ? 0 : _IOC_SIZE (request)) + (size_t) count * rule->unit;
}

/* E2BIG where there is too little room; all but the CPUID requests then say how much it takes. */
static int
load_list (const struct object *object, const struct rule *rule, uint32_t request, uint8_t *list)
{
  const struct value *value = object->values[rule->slot];
  const uint8_t *from = value != NULL ? value->data : rule->preset;
  size_t size = list_size (rule, request, from);

  if (list_size (rule, request, list) >= size)
    {
      copy (list, from, size);
      return 0;
    }
  if (rule->unit != 40)
    copy (list + rule->count_at, from + rule->count_at, sizeof (uint32_t));
  return fail (E2BIG);
}

/* Nothing in the request says how long an attribute is: 8 bytes, but 4 in some groups. */
static size_t
attribute_size (const struct object *object, uint32_t group)
{
  static const uint32_t groups[16] = {
    [KVM_DEV_TYPE_VFIO] = 1 << 1,
    [KVM_DEV_TYPE_ARM_VGIC_V2] = 0x20e,
    [KVM_DEV_TYPE_ARM_VGIC_V3] = 0x2aa,
    [11 /* RISCV_AIA */] = 9,
  };

#ifdef __aarch64__
  if (object->kind == VCPU && group < 2)
    return 4;
#endif
  return groups[object->device_type % 16] >> group % 32 & 1 ? 4 : 8;
}

/* A value that is shorter than we think may stand right before a page that cannot be touched. */
static void
attribute (struct object *object, const struct rule *rule, uint64_t group, uint64_t number,
           uint8_t *address)
{
  size_t size = attribute_size (object, group), room = 4096 - (uintptr_t) address % 4096;
  uint8_t value[8] = { 0 };

  if (room > size)
    room = size;
  if (rule->action & STORE)
    copy (value, address, room);
  transfer (object, rule, group, number, value, size);
  if (!(rule->action & STORE))
    copy (address, value, room);
}

/* The registers in the run page: dirty ones are taken in, then those asked for are put there. */
__attribute__ ((noinline)) static void
sync_registers (struct object *vcpu)
{
#ifdef __x86_64__
  static const uint32_t gets[] = { KVM_GET_REGS, KVM_GET_SREGS, KVM_GET_VCPU_EVENTS };
  struct kvm_run *run = vcpu->run;
  char *part = run->s.padding;

  for (size_t i = 0; i < N_ELEMENTS (gets); part += _IOC_SIZE (gets[i++]))
    {
      const struct rule *get = rule_of[VCPU][_IOC_READ][_IOC_NR (gets[i])];
      const struct rule *set = rule_of[VCPU][_IOC_WRITE][_IOC_NR (gets[i]) + 1];

      if (run->kvm_dirty_regs & 1 << i)
        transfer (vcpu, set, 0, 0, part, _IOC_SIZE (gets[i]));
      if (run->kvm_valid_regs & 1 << i)
        transfer (vcpu, get, 0, 0, part, _IOC_SIZE (gets[i]));
    }
  run->kvm_dirty_regs = 0;
#endif
}

static int
run_vcpu (struct object *vcpu)
{
  struct kvm_run *run = vcpu->run;
  const struct run_exit *exit = vcpu->exit;

  if (run->kvm_dirty_regs | run->kvm_valid_regs)
    sync_registers (vcpu);
  if (run->immediate_exit)
    {
      run->exit_reason = KVM_EXIT_INTR;
      return fail (EINTR);
    }
  vcpu->exit = exit->next;
  run->exit_reason = exit->reason;
  for (const struct patch *patch = exit->patches; patch < exit->patches + exit->n_patches; patch++)
    copy ((uint8_t *) run + patch->offset, patch->data, patch->size);
  return exit->error == 0 ? 0 : fail (exit->error);
}

__attribute__ ((noinline)) static int
answer (struct object *object, const struct rule *rule, uint32_t request, void *argument)
{
  size_t size = _IOC_SIZE (request);
  struct kvm_create_device *device;
  uint64_t key = 0, *words = argument;

  switch (rule->action & ~STORE)
    {
    case VERSION:
      return KVM_API_VERSION;
    case DIRTY: /* slot, address of the bitmap */
      *(uint64_t *) words[1] |= dirty_pages;
      return 0;
    case CAPABILITY:
      return (unsigned long) argument < N_CAPABILITIES ? capabilities[(unsigned long) argument] : 0;
    case RUN_SIZE:
      return RUN_BYTES;
    case MAKE:
      return make_object (rule->slot, 0);
    case MAKE_FILE: /* a guest_memfd has a size */
      return make_file (size > 0 ? words[0] : 0);
    case MAKE_STATS:
      return make_stats ();
    case MAKE_DEVICE:
      device = argument;
      if (device->flags & KVM_CREATE_DEVICE_TEST)
        return 0;
      device->fd = make_object (DEVICE, device->type);
      return (int) device->fd == -1 ? -1 : 0;

    case VALUE:
      if (rule->slot == 0xa4 && rule->nr != 0xa4 && capabilities[KVM_CAP_XSAVE2] > 4096)
        size = capabilities[KVM_CAP_XSAVE2]; /* KVM_SET_XSAVE, KVM_GET_XSAVE2 */
      copy (&key, argument, rule->unit);
      transfer (object, rule, 0, key, (uint8_t *) argument + rule->unit, size - rule->unit);
      return 0;
    case NUMBER:
      key = (unsigned long) argument;
      transfer (object, rule, 0, 0, &key, sizeof key);
      return rule->action & STORE ? 0 : (int) key;
    case LIST:
      if (!(rule->action & STORE))
        return load_list (object, rule, request, argument);
      transfer (object, rule, 0, 0, argument, list_size (rule, request, argument));
      return 0;
    case MSRS: /* their number; for each its index and its value */
      for (uint32_t i = 0; i < (uint32_t) words[0]; i++)
        if (words[2 * i + 1] == absent_msr)
          return i;
        else
          transfer (object, rule, 0, words[2 * i + 1], &words[2 * i + 2], 8);
      return words[0];
    case REG: /* identifier, address */
      transfer (object, rule, 0, words[0], (void *) words[1], 1 << (words[0] >> 52 & 15));
      return 0;
    case ATTR: /* flags and group, attribute, address */
      if (words[2] != 0)
        attribute (object, rule, words[0] >> 32, words[1], (uint8_t *) words[2]);
      return 0;

    case TRANSLATION: /* linear address, physical address, flags: valid and writeable */
      words[1] = words[0];
      words[2] = 0x0101;
      return 0;
    case LINE: /* delivered */
      ((struct kvm_irq_level *) argument)->status = 1;
      return 0;
    case PRE_FAULT: /* address, size: done when no size is left, at most 2 MiB at a time */
      size = words[1] < 0x200000 ? words[1] : 0x200000;
      words[0] += size;
      words[1] -= size;
      return 0;
    case REFUSED: /* what an fd is not for, by which it is known what it is */
      return fail (ENOTTY);
    default:
      return 0;
    }
}

/* Recording requests, and making them fail. */

static int
failure_of (const char *name)
{
  int error = 0;

  for (struct failure *failure = failures; failure < failures + n_failures; failure++)
    if (strcmp (name, failure->name) == 0
        && (++failure->calls == failure->only || failure->only == 0))
      error = failure->error;
  return error;
}

static struct rule *
name_other (uint32_t request)
{
  struct rule *rule;
  char *name;

  for (rule = others; rule != NULL; rule = rule->next)
    if (strtoul (rule->name, NULL, 16) == request)
      return rule;
  rule = calloc (1, sizeof *rule);
  rule->name = asprintf (&name, "0x%08x", request) > 0 ? name : "?";
  rule->next = others;
  return others = rule;
}

__attribute__ ((noinline)) static int
observe (const struct object *object, struct rule *rule, uint32_t request, const void *argument)
{
  const uint8_t *bytes = argument;
  size_t size = _IOC_SIZE (request);
  int error;

  pthread_mutex_lock (&mutex);
  if (rule == &unlisted)
    rule = name_other (request);
  rule->calls++;
  if (log_file != NULL)
    {
      if (rule->action == RUN)
        {
          bytes = (const uint8_t *) object->run + UNION_OFFSET;
          size = UNION_BYTES;
        }
      else if (strcmp (rule->name, "KVM_REINJECT_CONTROL") == 0)
        size = 32; /* its request says 0 */
      else if (bytes != NULL && rule->unit > 0 && (rule->action & ~STORE) != VALUE)
        size = list_size (rule, request, bytes);
      else if (request == KVM_MEMORY_ENCRYPT_OP)
        size = 24; /* all commands of SEV and TDX, whatever the number says */
      fprintf (log_file, "%s %u %s ", kind_names[object->kind], object->number, rule->name);
      if (bytes == NULL || size == 0)
        fprintf (log_file, "0x%lx", (unsigned long) bytes);
      else
        for (size_t i = 0; i < size; i++)
          fprintf (log_file, "%02x", bytes[i]);
      fputc ('\n', log_file);
      fflush (log_file);
    }
  error = failure_of (rule->name);
  pthread_mutex_unlock (&mutex);
  return error;
}

__attribute__ ((destructor)) static void
write_counts (void)
{
  if (counts_file == NULL)
    return;
  for (size_t i = 0; i < N_ELEMENTS (rules); i++)
    if (rules[i].calls > 0)
      fprintf (counts_file, "%s %lu\n", rules[i].name, rules[i].calls);
  for (const struct rule *rule = others; rule != NULL; rule = rule->next)
    fprintf (counts_file, "%s %lu\n", rule->name, rule->calls);
  fflush (counts_file);
}

/* What stands in for libc's functions. It makes the system calls itself, which needs no start-up.
 * The optional arguments are passed like any other on 64-bit machines. */

static int
null_ioctl (int fd, unsigned long request, void *argument)
{
  struct object *object = get_mark (fd);
  struct rule *rule;
  int error;

  if (object == NULL || _IOC_TYPE (request) != KVMIO)
    return syscall (SYS_ioctl, fd, request, argument);
  rule = rule_of[object->kind][_IOC_DIR ((uint32_t) request)][_IOC_NR (request)];
  if (observed && (error = observe (object, rule, request, argument)) != 0)
    return fail (error);
  return rule->action == RUN ? run_vcpu (object) : answer (object, rule, request, argument);
}

static int
null_openat (int directory, const char *path, int flags, unsigned mode)
{
  int error;

  if (strcmp (path, "/dev/kvm") != 0)
    return syscall (SYS_openat, directory, path, flags, mode);
  pthread_mutex_lock (&mutex);
  if (!ready)
    set_up ();
  error = failure_of ("open");
  pthread_mutex_unlock (&mutex);
  return error != 0 ? fail (error) : make_object (SYSTEM, 0);
}

static int
null_open (const char *path, int flags, unsigned mode)
{
  return null_openat (AT_FDCWD, path, flags, mode);
}

static int
null_close (int fd)
{
  set_mark (fd, NULL); /* first, since the number may be another thread's at once */
  return syscall (SYS_close, fd);
}

static int
null_fcntl (int fd, int command, unsigned long argument)
{
  int result = syscall (SYS_fcntl, fd, command, argument);

  if (result != -1 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC))
    set_mark (result, get_mark (fd));
  return result;
}

static int
null_dup (int fd)
{
  return null_fcntl (fd, F_DUPFD, 0);
}

static int
null_dup3 (int fd, int to, int flags)
{
  int result = syscall (SYS_dup3, fd, to, flags);

  if (result != -1)
    set_mark (result, get_mark (fd));
  return result;
}

static int
null_dup2 (int fd, int to)
{
  return fd != to ? null_dup3 (fd, to, 0) : syscall (SYS_fcntl, fd, F_GETFD) == -1 ? -1 : to;
}

/* clang-format off */
#define EXPORT(name, target, ...) \
  int name (__VA_ARGS__) __attribute__ ((visibility ("default"), alias (#target)))

EXPORT (ioctl, null_ioctl, int, unsigned long, void *);
EXPORT (open, null_open, const char *, int, unsigned);
EXPORT (open64, null_open, const char *, int, unsigned);
EXPORT (__open_2, null_open, const char *, int, unsigned);
EXPORT (__open64_2, null_open, const char *, int, unsigned);
EXPORT (openat, null_openat, int, const char *, int, unsigned);
EXPORT (openat64, null_openat, int, const char *, int, unsigned);
EXPORT (__openat_2, null_openat, int, const char *, int, unsigned);
EXPORT (__openat64_2, null_openat, int, const char *, int, unsigned);
EXPORT (close, null_close, int);
EXPORT (fcntl, null_fcntl, int, int, unsigned long);
EXPORT (fcntl64, null_fcntl, int, int, unsigned long);
EXPORT (dup, null_dup, int);
EXPORT (dup2, null_dup2, int, int);
EXPORT (dup3, null_dup3, int, int, int);

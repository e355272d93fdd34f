/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The kernel's side of KVM in one place and in our own words: request numbers and the structs that
 * no public type describes. It does not depend on the builder's <linux/kvm.h>, which may be older
 * than the kernel that the library meets and names only its own architecture's structs;
 * kvm-abi.c proves everything here that the builder's header has.
 *
 * A request is the kernel's name behind an underscore. Calls write the kernel's name and the macros
 * of kvm-ioctl-private.h add the underscore. */

#include <sys/ioctl.h>

#include <glib.h>

#include "kvm-arch-private.h"
#include "arm64/kvm-arm64-reg-masks.h"
#include "arm64/kvm-arm64-vcpu-init.h"
#include "x86/kvm-x86-clock.h"
#include "x86/kvm-x86-cpuid.h"
#include "x86/kvm-x86-debug-regs.h"
#include "x86/kvm-x86-fpu.h"
#include "x86/kvm-x86-mce.h"
#include "x86/kvm-x86-irqchip.h"
#include "x86/kvm-x86-lapic.h"
#include "x86/kvm-x86-pit.h"
#include "x86/kvm-x86-regs.h"
#include "x86/kvm-x86-sregs.h"
#include "x86/kvm-x86-sregs2.h"
#include "x86/kvm-x86-vcpu-events.h"
#include "x86/kvm-x86-xcrs-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 slot; /* the address space in the upper half */
  guint32 flags;
  guint64 guest_phys_addr;
  guint64 memory_size;
  guint64 userspace_addr;
} KvmAbiMemoryRegion;

typedef struct
{
  KvmAbiMemoryRegion region;
  guint64 guest_memfd_offset;
  guint32 guest_memfd;
  guint32 pad1;
  guint64 pad2[14];
} KvmAbiMemoryRegion2;

#define KVMOBJ_MEM_GUEST_MEMFD (1u << 2)

typedef struct
{
  guint64 size;
  guint64 flags;
  guint64 reserved[6];
} KvmAbiGuestMemfd;

typedef struct
{
  guint64 address;
  guint64 size;
  guint64 attributes;
  guint64 flags;
} KvmAbiMemoryAttributes;

typedef struct
{
  guint64 gpa;
  guint64 size;
  guint64 flags;
  guint64 padding[5];
} KvmAbiPreFaultMemory;

typedef struct
{
  guint32 slot; /* the address space in the upper half */
  guint32 padding;
  gpointer dirty_bitmap;
} KvmAbiDirtyLog;

typedef struct
{
  guint32 slot; /* as above */
  guint32 num_pages;
  guint64 first_page;
  gpointer dirty_bitmap;
} KvmAbiClearDirtyLog;

/* An entry of a ring. */
typedef struct
{
  guint32 flags;
  guint32 slot; /* as above */
  guint64 offset;
} KvmAbiDirtyGfn;

#define KVMOBJ_DIRTY_GFN_DIRTY (1u << 0)
#define KVMOBJ_DIRTY_GFN_RESET (1u << 1)
#define KVMOBJ_DIRTY_LOG_PAGE_OFFSET 64 /* where the ring is in a vCPU's file */
#define KVMOBJ_DIRTY_LOG_MANUAL_PROTECT (1u << 0)
#define KVMOBJ_DIRTY_LOG_INITIALLY_SET (1u << 1)

typedef struct
{
  guint32 cap;
  guint32 flags;
  guint64 args[4];
  guint8 pad[64];
} KvmAbiEnableCap;

typedef struct
{
  guint32 type;
  guint32 fd;
  guint32 flags;
} KvmAbiCreateDevice;

#define KVMOBJ_CREATE_DEVICE_TEST 1u

/* In the number of bits of a guest-physical address. */
#define KVMOBJ_VM_TYPE_ARM64_PROTECTED (1u << 31)

typedef struct
{
  guint32 flags;
  guint32 group;
  guint64 attr;
  guint64 addr;
} KvmAbiDeviceAttr;

typedef struct
{
  guint64 id;
  guint64 addr;
} KvmAbiOneReg;

#define KVMOBJ_REG_SIZE(id) (1u << (((id) >> 52) & 0xf))

typedef struct
{
  guint64 n;
  guint64 reg[];
} KvmAbiRegList;

typedef struct
{
  guint32 mp_state;
} KvmAbiMpState;

#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
#define KVMOBJ_N_DEBUG_REGISTERS 8
#elif KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64
#define KVMOBJ_N_DEBUG_REGISTERS 64
#else
#define KVMOBJ_N_DEBUG_REGISTERS 0
#endif

typedef struct
{
  guint32 control;
  guint32 pad;
  guint64 registers[KVMOBJ_N_DEBUG_REGISTERS];
} KvmAbiGuestDebug;

typedef struct
{
  guint32 nent;
  guint32 padding;
  KvmX86CpuidEntry entries[];
} KvmAbiCpuid2;

typedef struct
{
  guint32 nmsrs;
  guint32 indices[];
} KvmAbiMsrList;

typedef struct
{
  guint32 index;
  guint32 reserved;
  guint64 data;
} KvmAbiMsrEntry;

typedef struct
{
  guint32 nmsrs;
  guint32 pad;
  KvmAbiMsrEntry entries[];
} KvmAbiMsrs;

#define KVMOBJ_MAX_IO_MSRS 255 /* that one KVM_GET_MSRS or KVM_SET_MSRS takes */

#define KVMOBJ_MSR_FILTER_RANGES 16
#define KVMOBJ_MSR_FILTER_MSRS 0x3000 /* of one range */

typedef struct
{
  guint32 flags;
  guint32 nmsrs;
  guint32 base;
  guint32 pad;
  guint64 bitmap; /* an address; what is there has whole words of 8 bytes */
} KvmAbiMsrFilterRange;

typedef struct
{
  guint32 flags;
  guint32 pad;
  KvmAbiMsrFilterRange ranges[KVMOBJ_MSR_FILTER_RANGES];
} KvmAbiMsrFilter;

typedef struct
{
  guint32 flags;
  guint32 pad[15];
} KvmAbiPitConfig;

typedef struct
{
  guint32 fd;
  guint32 gsi;
  guint32 flags;
  guint32 resamplefd;
  guint8 pad[16];
} KvmAbiIrqfd;

#define KVMOBJ_IRQFD_DEASSIGN 1u

typedef struct
{
  guint64 datamatch;
  guint64 addr;
  guint32 len;
  gint32 fd;
  guint32 flags;
  guint8 pad[36];
} KvmAbiIoeventfd;

#define KVMOBJ_IOEVENTFD_DATAMATCH 1u
#define KVMOBJ_IOEVENTFD_PIO 2u
#define KVMOBJ_IOEVENTFD_DEASSIGN 4u

/* The state may be longer, which the request numbers do not say. */
#define KVMOBJ_XSAVE_SIZE 4096
#define KVMOBJ_XSAVE_OFFSET_XSTATE_BV 512

typedef struct
{
  guint8 region[KVMOBJ_XSAVE_SIZE];
} KvmAbiXsave;

typedef struct
{
  guint16 flags;
  guint16 format;
  guint32 size; /* of it all */
  guint64 header[15];
  guint8 data[];
} KvmAbiNestedState;

typedef struct
{
  guint64 linear_address;
  guint64 physical_address;
  guint8 valid;
  guint8 writeable;
  guint8 usermode;
  guint8 pad[5];
} KvmAbiTranslation;
/* A zone whose writes do not stop the guest; what it wrote is in a ring that the kernel fills at
 * @last, and whoever empties it moves @first. The ring is a page of a vCPU's file, the same one for
 * all vCPUs of a VM. */
typedef struct
{
  guint64 addr;
  guint32 size;
  guint32 pio;
} KvmAbiCoalescedZone;

typedef struct
{
  guint64 phys_addr;
  guint32 len;
  guint32 pio;
  guint8 data[8];
} KvmAbiCoalescedWrite;

typedef struct
{
  guint32 first;
  guint32 last;
  KvmAbiCoalescedWrite writes[];
} KvmAbiCoalescedRing;

typedef struct
{
  guint32 action;
  guint32 nevents;
  guint32 fixed_counter_bitmap;
  guint32 flags;
  guint32 pad[4];
  guint64 events[];
} KvmAbiPmuEventFilter;

#define KVMOBJ_PMU_EVENT_FLAG_MASKED 1u

typedef struct
{
  guint32 flags;
  guint32 msr;
  guint64 blob_addr_32;
  guint64 blob_addr_64;
  guint8 blob_size_32; /* in pages */
  guint8 blob_size_64;
  guint8 pad[30];
} KvmAbiXenHvmConfig;

/* struct kvm_xen_hvm_attr and struct kvm_xen_vcpu_attr in one: they differ in what a type means. */
typedef struct
{
  guint16 type;
  guint16 pad[3];
  union
  {
    guint8 byte;
    guint32 word;
    guint64 value;
    struct
    {
      guint32 send_port;
      guint32 type;
      guint32 flags;
      union
      {
        struct
        {
          guint32 port;
          guint32 vcpu;
          guint32 priority;
        } port;
        struct
        {
          guint32 port;
          gint32 fd;
        } eventfd;
      } deliver;
    } evtchn;
    struct
    {
      guint64 state;
      guint64 state_entry_time;
      guint64 time_running;
      guint64 time_runnable;
      guint64 time_blocked;
      guint64 time_offline;
    } runstate;
    struct
    {
      guint32 port;
      guint32 priority;
      guint64 expires_ns;
    } timer;
    guint64 words[8];
  } u;
} KvmAbiXenAttr;

#define KVMOBJ_XEN_EVTCHN_DEASSIGN 1u
#define KVMOBJ_XEN_EVTCHN_UPDATE 2u
#define KVMOBJ_XEN_EVTCHN_RESET 4u

typedef struct
{
  guint32 port;
  guint32 vcpu;
  guint32 priority;
} KvmAbiXenEvtchn;

/* The one priority that there is. */
#define KVMOBJ_XEN_EVTCHN_PRIORITY_2LEVEL G_MAXUINT32

typedef struct
{
  guint32 conn_id;
  gint32 fd;
  guint32 flags;
  guint32 padding[3];
} KvmAbiHypervEventfd;

#define KVMOBJ_HYPERV_CONN_ID_MASK 0xffffffu
#define KVMOBJ_HYPERV_EVENTFD_DEASSIGN 1u

/* The kernel reads and writes all of it, whatever the number of the request says. */
typedef struct
{
  guint32 id;
  guint32 pad;
  guint64 data;
  guint32 error;
  guint32 sev_fd;
} KvmAbiSevCmd;

typedef struct
{
  guint64 addr;
  guint64 size;
} KvmAbiEncRegion;

/* The type of VM that has commands for its vCPUs, too. */
#define KVMOBJ_VM_TYPE_TDX 5

/* The time-stamp counter among the attributes of a vCPU. */
#define KVMOBJ_VCPU_TSC_CTRL 0u
#define KVMOBJ_VCPU_TSC_OFFSET 0u
typedef struct
{
  union
  {
    guint32 irq;
    gint32 status;
  };
  guint32 level;
} KvmAbiIrqLevel;

typedef struct
{
  guint32 address_lo;
  guint32 address_hi;
  guint32 data;
  guint32 flags;
  guint32 devid;
  guint8 pad[12];
} KvmAbiMsi;

typedef struct
{
  guint32 gsi;
  guint32 type;
  guint32 flags;
  guint32 pad;
  union
  {
    struct
    {
      guint32 irqchip;
      guint32 pin;
    } irqchip;
    struct
    {
      guint32 address_lo;
      guint32 address_hi;
      guint32 data;
      guint32 devid;
    } msi;
    struct
    {
      guint32 vcpu;
      guint32 sint;
    } hv_sint;
    struct
    {
      guint32 port;
      guint32 vcpu;
      guint32 priority;
    } xen_evtchn;
    guint32 words[8]; /* all of it: to set this leaves no byte to chance */
  };
} KvmAbiIrqRoutingEntry;

#define KVMOBJ_IRQ_ROUTING_IRQCHIP 1u
#define KVMOBJ_IRQ_ROUTING_MSI 2u
#define KVMOBJ_IRQ_ROUTING_HV_SINT 4u
#define KVMOBJ_IRQ_ROUTING_XEN_EVTCHN 5u

typedef struct
{
  guint32 nr;
  guint32 flags;
  KvmAbiIrqRoutingEntry entries[];
} KvmAbiIrqRouting;

typedef struct
{
  guint32 irq;
} KvmAbiInterrupt;

typedef struct
{
  guint32 len;
  guint8 sigset[];
} KvmAbiSignalMask;

#define KVMOBJ_IOAPIC_N_PINS 24

/* What is opaque in public is the kernel's struct here: kvm_irqchip, kvm_pit_state2 and
 * kvm_lapic_state. */
struct _KvmX86Irqchip
{
  guint32 chip_id;
  guint32 pad;
  union
  {
    KvmX86PicState pic;
    struct
    {
      guint64 base_address;
      guint32 ioregsel;
      guint32 id;
      guint32 irr;
      guint32 pad;
      guint64 redirtbl[KVMOBJ_IOAPIC_N_PINS];
    } ioapic;
    guint8 bytes[512];
  };
};

#define KVMOBJ_PIT_N_CHANNELS 3

struct _KvmX86PitState
{
  KvmX86PitChannel channels[KVMOBJ_PIT_N_CHANNELS];
  guint32 flags;
  guint32 reserved[9];
};

struct _KvmX86Lapic
{
  guint8 regs[1024];
};

typedef struct
{
  guint8 pit_reinject;
  guint8 reserved[31];
} KvmAbiReinjectControl;

typedef struct
{
  guint32 enabled;
  guint32 flags;
  guint32 reserved[8];
} KvmAbiTprAccessCtl;

typedef struct
{
  guint64 vapic_addr;
} KvmAbiVapicAddr;

/* The registers with masks: 3 values of op1, 8 of CRm, 8 of op2. */
struct _KvmArm64RegMasks
{
  guint64 masks[3 * 8 * 8];
};

typedef struct
{
  guint64 addr;
  guint32 range;
  guint32 reserved[13];
} KvmAbiArm64RegMaskRange;

typedef struct
{
  guint64 guest_ipa;
  guint64 length;
  guint64 addr;
  guint64 flags;
  guint64 reserved[2];
} KvmAbiArm64CopyMteTags;

#define KVMOBJ_ARM64_TAGS_TO_GUEST 0
#define KVMOBJ_ARM64_TAGS_FROM_GUEST 1

typedef struct
{
  guint64 counter_offset;
  guint64 reserved;
} KvmAbiArm64CounterOffset;

/* Values of attributes. */
typedef struct
{
  guint32 base;
  guint32 nr_functions;
  guint8 action;
  guint8 pad[15];
} KvmAbiArm64SmcccFilter;

typedef struct
{
  guint16 base_event;
  guint16 nevents;
  guint8 action;
  guint8 pad[3];
} KvmAbiArm64PmuFilter;

typedef struct
{
  guint32 flags;
  guint32 name_size;
  guint32 num_desc;
  guint32 id_offset;
  guint32 desc_offset;
  guint32 data_offset;
} KvmAbiStatsHeader;

typedef struct
{
  guint32 flags;
  gint16 exponent;
  guint16 size;   /* of 64-bit values */
  guint32 offset; /* in the data */
  guint32 bucket_size;
  char name[];
} KvmAbiStatsDesc;

#define KVMOBJ_STATS_TYPE(flags) ((flags) &0xf)
#define KVMOBJ_STATS_UNIT(flags) ((flags) >> 4 & 0xf)
#define KVMOBJ_STATS_BASE(flags) ((flags) >> 8 & 0xf)

#define _KVM_GET_API_VERSION _IO (0xae, 0x00)
#define _KVM_CREATE_VM _IO (0xae, 0x01)
#define _KVM_GET_MSR_INDEX_LIST _IOWR (0xae, 0x02, KvmAbiMsrList)
#define _KVM_CHECK_EXTENSION _IO (0xae, 0x03)
#define _KVM_GET_VCPU_MMAP_SIZE _IO (0xae, 0x04)
#define _KVM_GET_SUPPORTED_CPUID _IOWR (0xae, 0x05, KvmAbiCpuid2)
#define _KVM_GET_EMULATED_CPUID _IOWR (0xae, 0x09, KvmAbiCpuid2)
#define _KVM_GET_MSR_FEATURE_INDEX_LIST _IOWR (0xae, 0x0a, KvmAbiMsrList)
#define _KVM_CREATE_VCPU _IO (0xae, 0x41)
#define _KVM_GET_DIRTY_LOG _IOW (0xae, 0x42, KvmAbiDirtyLog)
#define _KVM_SET_NR_MMU_PAGES _IO (0xae, 0x44)
#define _KVM_SET_USER_MEMORY_REGION _IOW (0xae, 0x46, KvmAbiMemoryRegion)
#define _KVM_SET_USER_MEMORY_REGION2 _IOW (0xae, 0x49, KvmAbiMemoryRegion2)
#define _KVM_CLEAR_DIRTY_LOG _IOWR (0xae, 0xc0, KvmAbiClearDirtyLog)
#define _KVM_RESET_DIRTY_RINGS _IO (0xae, 0xc7)
#define _KVM_SET_MEMORY_ATTRIBUTES _IOW (0xae, 0xd2, KvmAbiMemoryAttributes)
#define _KVM_CREATE_GUEST_MEMFD _IOWR (0xae, 0xd4, KvmAbiGuestMemfd)
#define _KVM_PRE_FAULT_MEMORY _IOWR (0xae, 0xd5, KvmAbiPreFaultMemory)
#define _KVM_SET_TSS_ADDR _IO (0xae, 0x47)
#define _KVM_SET_IDENTITY_MAP_ADDR _IOW (0xae, 0x48, guint64)
#define _KVM_CREATE_IRQCHIP _IO (0xae, 0x60)
#define _KVM_REGISTER_COALESCED_MMIO _IOW (0xae, 0x67, KvmAbiCoalescedZone)
#define _KVM_UNREGISTER_COALESCED_MMIO _IOW (0xae, 0x68, KvmAbiCoalescedZone)
#define _KVM_IRQ_LINE _IOW (0xae, 0x61, KvmAbiIrqLevel)
#define _KVM_GET_IRQCHIP _IOWR (0xae, 0x62, KvmX86Irqchip)
#define _KVM_SET_IRQCHIP _IOR (0xae, 0x63, KvmX86Irqchip) /* the direction is the kernel's */
#define _KVM_IRQ_LINE_STATUS _IOWR (0xae, 0x67, KvmAbiIrqLevel)
#define _KVM_SET_GSI_ROUTING _IOW (0xae, 0x6a, KvmAbiIrqRouting)
#define _KVM_REINJECT_CONTROL _IO (0xae, 0x71) /* takes a KvmAbiReinjectControl all the same */
#define _KVM_IRQFD _IOW (0xae, 0x76, KvmAbiIrqfd)
#define _KVM_CREATE_PIT2 _IOW (0xae, 0x77, KvmAbiPitConfig)
#define _KVM_SET_BOOT_CPU_ID _IO (0xae, 0x78)
#define _KVM_IOEVENTFD _IOW (0xae, 0x79, KvmAbiIoeventfd)
#define _KVM_XEN_HVM_CONFIG _IOW (0xae, 0x7a, KvmAbiXenHvmConfig)
#define _KVM_SET_CLOCK _IOW (0xae, 0x7b, KvmX86Clock)
#define _KVM_GET_CLOCK _IOR (0xae, 0x7c, KvmX86Clock)
#define _KVM_RUN _IO (0xae, 0x80)
#define _KVM_GET_REGS _IOR (0xae, 0x81, KvmX86Regs)
#define _KVM_SET_REGS _IOW (0xae, 0x82, KvmX86Regs)
#define _KVM_GET_SREGS _IOR (0xae, 0x83, KvmX86Sregs)
#define _KVM_SET_SREGS _IOW (0xae, 0x84, KvmX86Sregs)
#define _KVM_INTERRUPT _IOW (0xae, 0x86, KvmAbiInterrupt)
#define _KVM_SET_SIGNAL_MASK _IOW (0xae, 0x8b, KvmAbiSignalMask)
#define _KVM_GET_LAPIC _IOR (0xae, 0x8e, KvmX86Lapic)
#define _KVM_SET_LAPIC _IOW (0xae, 0x8f, KvmX86Lapic)
#define _KVM_GET_MSRS _IOWR (0xae, 0x88, KvmAbiMsrs)
#define _KVM_SET_MSRS _IOW (0xae, 0x89, KvmAbiMsrs)
#define _KVM_TRANSLATE _IOWR (0xae, 0x85, KvmAbiTranslation)
#define _KVM_GET_FPU _IOR (0xae, 0x8c, KvmX86Fpu)
#define _KVM_SET_FPU _IOW (0xae, 0x8d, KvmX86Fpu)
#define _KVM_SET_CPUID2 _IOW (0xae, 0x90, KvmAbiCpuid2)
#define _KVM_GET_CPUID2 _IOWR (0xae, 0x91, KvmAbiCpuid2)
#define _KVM_TPR_ACCESS_REPORTING _IOWR (0xae, 0x92, KvmAbiTprAccessCtl)
#define _KVM_SET_VAPIC_ADDR _IOW (0xae, 0x93, KvmAbiVapicAddr)
#define _KVM_GET_MP_STATE _IOR (0xae, 0x98, KvmAbiMpState)
#define _KVM_SET_MP_STATE _IOW (0xae, 0x99, KvmAbiMpState)
#define _KVM_NMI _IO (0xae, 0x9a)
#define _KVM_SET_GUEST_DEBUG _IOW (0xae, 0x9b, KvmAbiGuestDebug)
#define _KVM_GET_VCPU_EVENTS _IOR (0xae, 0x9f, KvmX86VcpuEvents)
#define _KVM_SET_VCPU_EVENTS _IOW (0xae, 0xa0, KvmX86VcpuEvents)
#define _KVM_GET_DEBUGREGS _IOR (0xae, 0xa1, KvmX86DebugRegs)
#define _KVM_SET_DEBUGREGS _IOW (0xae, 0xa2, KvmX86DebugRegs)
#define _KVM_X86_SETUP_MCE _IOW (0xae, 0x9c, guint64)
#define _KVM_X86_GET_MCE_CAP_SUPPORTED _IOR (0xae, 0x9d, guint64)
#define _KVM_X86_SET_MCE _IOW (0xae, 0x9e, KvmX86Mce)
#define _KVM_SET_TSC_KHZ _IO (0xae, 0xa2)
#define _KVM_GET_TSC_KHZ _IO (0xae, 0xa3)
#define _KVM_ENABLE_CAP _IOW (0xae, 0xa3, KvmAbiEnableCap)
#define _KVM_GET_XSAVE _IOR (0xae, 0xa4, KvmAbiXsave)
#define _KVM_SET_XSAVE _IOW (0xae, 0xa5, KvmAbiXsave)
#define _KVM_GET_XCRS _IOR (0xae, 0xa6, KvmX86Xcrs)
#define _KVM_SET_XCRS _IOW (0xae, 0xa7, KvmX86Xcrs)
#define _KVM_GET_PIT2 _IOR (0xae, 0x9f, KvmX86PitState)
#define _KVM_SET_PIT2 _IOW (0xae, 0xa0, KvmX86PitState)
#define _KVM_SIGNAL_MSI _IOW (0xae, 0xa5, KvmAbiMsi)
#define _KVM_GET_ONE_REG _IOW (0xae, 0xab, KvmAbiOneReg)
#define _KVM_SET_ONE_REG _IOW (0xae, 0xac, KvmAbiOneReg)
#define _KVM_KVMCLOCK_CTRL _IO (0xae, 0xad)
#define _KVM_ARM_VCPU_INIT _IOW (0xae, 0xae, KvmArm64VcpuInit)
#define _KVM_ARM_PREFERRED_TARGET _IOR (0xae, 0xaf, KvmArm64VcpuInit)
#define _KVM_GET_REG_LIST _IOWR (0xae, 0xb0, KvmAbiRegList)
#define _KVM_ARM_MTE_COPY_TAGS _IOR (0xae, 0xb4, KvmAbiArm64CopyMteTags)
#define _KVM_ARM_SET_COUNTER_OFFSET _IOW (0xae, 0xb5, KvmAbiArm64CounterOffset)
#define _KVM_ARM_GET_REG_WRITABLE_MASKS _IOR (0xae, 0xb6, KvmAbiArm64RegMaskRange)
#define _KVM_SMI _IO (0xae, 0xb7)
#define _KVM_GET_SUPPORTED_HV_CPUID _IOWR (0xae, 0xc1, KvmAbiCpuid2)
#define _KVM_ARM_VCPU_FINALIZE _IOW (0xae, 0xc2, int)
#define _KVM_X86_SET_MSR_FILTER _IOW (0xae, 0xc6, KvmAbiMsrFilter)
#define _KVM_GET_NESTED_STATE _IOWR (0xae, 0xbe, KvmAbiNestedState)
#define _KVM_SET_NESTED_STATE _IOW (0xae, 0xbf, KvmAbiNestedState)
#define _KVM_GET_SREGS2 _IOR (0xae, 0xcc, KvmX86Sregs2)
#define _KVM_SET_SREGS2 _IOW (0xae, 0xcd, KvmX86Sregs2)
#define _KVM_GET_XSAVE2 _IOR (0xae, 0xcf, KvmAbiXsave)
#define _KVM_SET_PMU_EVENT_FILTER _IOW (0xae, 0xb2, KvmAbiPmuEventFilter)
#define _KVM_MEMORY_ENCRYPT_OP _IOWR (0xae, 0xba, guint64)
#define _KVM_MEMORY_ENCRYPT_REG_REGION _IOR (0xae, 0xbb, KvmAbiEncRegion)
#define _KVM_MEMORY_ENCRYPT_UNREG_REGION _IOR (0xae, 0xbc, KvmAbiEncRegion)
#define _KVM_HYPERV_EVENTFD _IOW (0xae, 0xbd, KvmAbiHypervEventfd)
#define _KVM_XEN_HVM_GET_ATTR _IOWR (0xae, 0xc8, KvmAbiXenAttr)
#define _KVM_XEN_HVM_SET_ATTR _IOW (0xae, 0xc9, KvmAbiXenAttr)
#define _KVM_XEN_VCPU_GET_ATTR _IOWR (0xae, 0xca, KvmAbiXenAttr)
#define _KVM_XEN_VCPU_SET_ATTR _IOW (0xae, 0xcb, KvmAbiXenAttr)
#define _KVM_XEN_HVM_EVTCHN_SEND _IOW (0xae, 0xd0, KvmAbiXenEvtchn)
#define _KVM_GET_STATS_FD _IO (0xae, 0xce)
#define _KVM_CREATE_DEVICE _IOWR (0xae, 0xe0, KvmAbiCreateDevice)
#define _KVM_SET_DEVICE_ATTR _IOW (0xae, 0xe1, KvmAbiDeviceAttr)
#define _KVM_GET_DEVICE_ATTR _IOW (0xae, 0xe2, KvmAbiDeviceAttr)
#define _KVM_HAS_DEVICE_ATTR _IOW (0xae, 0xe3, KvmAbiDeviceAttr)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "x86/kvm-x86-regs.h"
#include "x86/kvm-x86-sregs.h"

G_BEGIN_DECLS

/* The page that a vCPU shares with the process (struct kvm_run), with the exits of x86, arm64 and
 * riscv. */
typedef struct
{
  guint8 request_interrupt_window;
  guint8 immediate_exit;
  guint8 padding1[6];
  guint32 exit_reason;
  guint8 ready_for_interrupt_injection;
  guint8 if_flag;
  guint16 flags;
  guint64 cr8;
  guint64 apic_base;
  union
  {
    struct
    {
      guint64 hardware_exit_reason;
    } hw;
    struct
    {
      guint64 hardware_entry_failure_reason;
      guint32 cpu;
    } fail_entry;
    struct
    {
      guint32 exception;
      guint32 error_code;
    } ex;
    struct
    {
      guint8 direction; /* 1 is out */
      guint8 size;
      guint16 port;
      guint32 count;
      guint64 data_offset; /* from the start of this page */
    } io;
    struct
    {
      guint32 exception;
      guint32 pad;
      guint64 pc;
      guint64 dr6;
      guint64 dr7;
    } debug_x86;
    struct
    {
      guint32 hsr;
      guint32 hsr_high;
      guint64 far;
    } debug_arm64;
    struct
    {
      guint64 phys_addr;
      guint8 data[8];
      guint32 len;
      guint8 is_write;
    } mmio;
    struct
    {
      guint64 nr;
      guint64 args[6];
      guint64 ret;
      guint64 flags; /* longmode in the lower half on old kernels */
    } hypercall;
    struct
    {
      guint64 rip;
      guint32 is_write;
      guint32 pad;
    } tpr_access;
    struct
    {
      guint32 suberror;
      guint32 ndata;
      guint64 data[16];
    } internal;
    struct
    {
      guint32 suberror;
      guint32 ndata;
      guint64 flags;
      guint8 insn_size;
      guint8 insn_bytes[15];
    } emulation_failure;
    struct
    {
      guint32 type;
      guint32 ndata;
      guint64 data[16];
    } system_event;
    struct
    {
      guint8 vector;
    } eoi;
    struct
    {
      guint32 type;
      guint32 pad1;
      union
      {
        struct
        {
          guint32 msr;
          guint32 pad2;
          guint64 control;
          guint64 evt_page;
          guint64 msg_page;
        } synic;
        struct
        {
          guint64 input;
          guint64 result;
          guint64 params[2];
        } hcall;
        struct
        {
          guint32 msr;
          guint32 pad2;
          guint64 control;
          guint64 status;
          guint64 send_page;
          guint64 recv_page;
          guint64 pending_page;
        } syndbg;
      };
    } hyperv;
    struct
    {
      guint64 esr_iss;
      guint64 fault_ipa;
    } arm_nisv;
    struct
    {
      guint8 error;
      guint8 pad[7];
      guint32 reason;
      guint32 index;
      guint64 data;
    } msr;
    struct
    {
      guint32 type;
      guint32 pad;
      guint32 longmode;
      guint32 cpl;
      guint64 input;
      guint64 result;
      guint64 params[6];
    } xen;
    struct
    {
      guint64 extension_id;
      guint64 function_id;
      guint64 args[6];
      guint64 ret[2];
    } riscv_sbi;
    struct
    {
      guint64 csr_num;
      guint64 new_value;
      guint64 write_mask;
      guint64 ret_value;
    } riscv_csr;
    struct
    {
      guint32 flags;
    } notify;
    struct
    {
      guint64 flags;
      guint64 gpa;
      guint64 size;
    } memory_fault;
    struct
    {
      guint64 flags;
      guint64 nr;
      guint64 ret;
      guint64 data[5];
    } tdx;
    struct
    {
      guint64 flags;
      guint64 esr;
      guint64 gva;
      guint64 gpa;
    } arm_sea;
    struct
    {
      guint64 gpa;
      guint64 npages;
      guint64 ret;
    } snp_req_certs;
    guint8 payload[256];
  };
  guint64 valid_regs;
  guint64 dirty_regs;
  guint8 regs[2048];
} KvmAbiRun;

/* What is in the page's regs on x86, as far as valid_regs and dirty_regs say so. */
typedef struct
{
  KvmX86Regs regs;
  KvmX86Sregs sregs;
  guint8 events[64];
} KvmAbiX86SyncRegs;

#define KVMOBJ_X86_SYNC_REGS (1u << 0)
#define KVMOBJ_X86_SYNC_SREGS (1u << 1)
#define KVMOBJ_X86_SYNC_EVENTS (1u << 2)

#define KVMOBJ_IO_OUT 1
#define KVMOBJ_HYPERV_SYNIC 1
#define KVMOBJ_HYPERV_HCALL 2
#define KVMOBJ_HYPERV_SYNDBG 3

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmRiscvIsaExtension:
 * @KVM_RISCV_ISA_EXTENSION_A: atomic instructions
 * @KVM_RISCV_ISA_EXTENSION_C: compressed instructions
 * @KVM_RISCV_ISA_EXTENSION_D: floating point of double precision
 * @KVM_RISCV_ISA_EXTENSION_F: floating point of single precision
 * @KVM_RISCV_ISA_EXTENSION_H: hypervisors; a guest cannot have it
 * @KVM_RISCV_ISA_EXTENSION_I: the base
 * @KVM_RISCV_ISA_EXTENSION_M: multiplication and division
 * @KVM_RISCV_ISA_EXTENSION_SVPBMT: memory types of pages
 * @KVM_RISCV_ISA_EXTENSION_SSTC: the timer of supervisor mode
 * @KVM_RISCV_ISA_EXTENSION_SVINVAL: invalidation of translations in parts
 * @KVM_RISCV_ISA_EXTENSION_ZIHINTPAUSE: the hint to pause
 * @KVM_RISCV_ISA_EXTENSION_ZICBOM: cache management
 * @KVM_RISCV_ISA_EXTENSION_ZICBOZ: zeroing of cache blocks
 * @KVM_RISCV_ISA_EXTENSION_ZBB: basic bit manipulation
 * @KVM_RISCV_ISA_EXTENSION_SSAIA: the advanced interrupt architecture
 * @KVM_RISCV_ISA_EXTENSION_V: vectors
 * @KVM_RISCV_ISA_EXTENSION_SVNAPOT: translations of more than a page
 * @KVM_RISCV_ISA_EXTENSION_ZBA: generation of addresses
 * @KVM_RISCV_ISA_EXTENSION_ZBS: single bits
 * @KVM_RISCV_ISA_EXTENSION_ZICNTR: the base counters and timers
 * @KVM_RISCV_ISA_EXTENSION_ZICSR: control and status registers
 * @KVM_RISCV_ISA_EXTENSION_ZIFENCEI: the fence of instruction fetches
 * @KVM_RISCV_ISA_EXTENSION_ZIHPM: hardware performance counters
 * @KVM_RISCV_ISA_EXTENSION_SMSTATEEN: control of the state of extensions
 * @KVM_RISCV_ISA_EXTENSION_ZICOND: conditional operations
 * @KVM_RISCV_ISA_EXTENSION_ZBC: carry-less multiplication
 * @KVM_RISCV_ISA_EXTENSION_ZBKB: bit manipulation for cryptography
 * @KVM_RISCV_ISA_EXTENSION_ZBKC: carry-less multiplication for cryptography
 * @KVM_RISCV_ISA_EXTENSION_ZBKX: crossbar permutation
 * @KVM_RISCV_ISA_EXTENSION_ZKND: AES decryption
 * @KVM_RISCV_ISA_EXTENSION_ZKNE: AES encryption
 * @KVM_RISCV_ISA_EXTENSION_ZKNH: SHA-2
 * @KVM_RISCV_ISA_EXTENSION_ZKR: the source of entropy
 * @KVM_RISCV_ISA_EXTENSION_ZKSED: SM4
 * @KVM_RISCV_ISA_EXTENSION_ZKSH: SM3
 * @KVM_RISCV_ISA_EXTENSION_ZKT: instructions whose time does not depend on data
 * @KVM_RISCV_ISA_EXTENSION_ZVBB: vector bit manipulation
 * @KVM_RISCV_ISA_EXTENSION_ZVBC: vector carry-less multiplication
 * @KVM_RISCV_ISA_EXTENSION_ZVKB: vector bit manipulation for cryptography
 * @KVM_RISCV_ISA_EXTENSION_ZVKG: vector GCM and GMAC
 * @KVM_RISCV_ISA_EXTENSION_ZVKNED: vector AES
 * @KVM_RISCV_ISA_EXTENSION_ZVKNHA: vector SHA-256
 * @KVM_RISCV_ISA_EXTENSION_ZVKNHB: vector SHA-256 and SHA-512
 * @KVM_RISCV_ISA_EXTENSION_ZVKSED: vector SM4
 * @KVM_RISCV_ISA_EXTENSION_ZVKSH: vector SM3
 * @KVM_RISCV_ISA_EXTENSION_ZVKT: vector instructions whose time does not depend on data
 * @KVM_RISCV_ISA_EXTENSION_ZFH: floating point of half precision
 * @KVM_RISCV_ISA_EXTENSION_ZFHMIN: conversions of half precision
 * @KVM_RISCV_ISA_EXTENSION_ZIHINTNTL: hints of locality
 * @KVM_RISCV_ISA_EXTENSION_ZVFH: vectors of half precision
 * @KVM_RISCV_ISA_EXTENSION_ZVFHMIN: vector conversions of half precision
 * @KVM_RISCV_ISA_EXTENSION_ZFA: additional floating-point instructions
 * @KVM_RISCV_ISA_EXTENSION_ZTSO: total store ordering
 * @KVM_RISCV_ISA_EXTENSION_ZACAS: compare and swap
 * @KVM_RISCV_ISA_EXTENSION_SSCOFPMF: overflow and filters of counters
 * @KVM_RISCV_ISA_EXTENSION_ZIMOP: instructions that may be something some day
 * @KVM_RISCV_ISA_EXTENSION_ZCA: compressed instructions but those of floating point
 * @KVM_RISCV_ISA_EXTENSION_ZCB: more compressed instructions
 * @KVM_RISCV_ISA_EXTENSION_ZCD: compressed loads and stores of double precision
 * @KVM_RISCV_ISA_EXTENSION_ZCF: compressed loads and stores of single precision
 * @KVM_RISCV_ISA_EXTENSION_ZCMOP: compressed instructions that may be something some day
 * @KVM_RISCV_ISA_EXTENSION_ZAWRS: waiting for a reservation
 * @KVM_RISCV_ISA_EXTENSION_SMNPM: pointer masking in supervisor mode
 * @KVM_RISCV_ISA_EXTENSION_SSNPM: pointer masking in user mode
 * @KVM_RISCV_ISA_EXTENSION_SVADE: exceptions for accessed and dirty bits
 * @KVM_RISCV_ISA_EXTENSION_SVADU: hardware that sets accessed and dirty bits
 * @KVM_RISCV_ISA_EXTENSION_SVVPTC: no fence after making a page valid
 * @KVM_RISCV_ISA_EXTENSION_ZABHA: atomic bytes and half words
 * @KVM_RISCV_ISA_EXTENSION_ZICCRSE: progress of reservations in main memory
 * @KVM_RISCV_ISA_EXTENSION_ZAAMO: atomic memory operations
 * @KVM_RISCV_ISA_EXTENSION_ZALRSC: load-reserved and store-conditional
 * @KVM_RISCV_ISA_EXTENSION_ZICBOP: prefetching of cache blocks
 * @KVM_RISCV_ISA_EXTENSION_ZFBFMIN: conversions of BF16
 * @KVM_RISCV_ISA_EXTENSION_ZVFBFMIN: vector conversions of BF16
 * @KVM_RISCV_ISA_EXTENSION_ZVFBFWMA: vector multiplication of BF16
 * @KVM_RISCV_ISA_EXTENSION_ZCLSD: compressed loads and stores of pairs
 * @KVM_RISCV_ISA_EXTENSION_ZILSD: loads and stores of pairs
 * @KVM_RISCV_ISA_EXTENSION_ZALASR: load-acquire and store-release
 *
 * The extensions of the instruction set that a vCPU can have. The numbers are the kernel's
 * `KVM_RISCV_ISA_EXT_…`, up to Linux 7.1; a method that takes one takes any number.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_RISCV_ISA_EXTENSION_A = 0,
  KVM_RISCV_ISA_EXTENSION_C = 1,
  KVM_RISCV_ISA_EXTENSION_D = 2,
  KVM_RISCV_ISA_EXTENSION_F = 3,
  KVM_RISCV_ISA_EXTENSION_H = 4,
  KVM_RISCV_ISA_EXTENSION_I = 5,
  KVM_RISCV_ISA_EXTENSION_M = 6,
  KVM_RISCV_ISA_EXTENSION_SVPBMT = 7,
  KVM_RISCV_ISA_EXTENSION_SSTC = 8,
  KVM_RISCV_ISA_EXTENSION_SVINVAL = 9,
  KVM_RISCV_ISA_EXTENSION_ZIHINTPAUSE = 10,
  KVM_RISCV_ISA_EXTENSION_ZICBOM = 11,
  KVM_RISCV_ISA_EXTENSION_ZICBOZ = 12,
  KVM_RISCV_ISA_EXTENSION_ZBB = 13,
  KVM_RISCV_ISA_EXTENSION_SSAIA = 14,
  KVM_RISCV_ISA_EXTENSION_V = 15,
  KVM_RISCV_ISA_EXTENSION_SVNAPOT = 16,
  KVM_RISCV_ISA_EXTENSION_ZBA = 17,
  KVM_RISCV_ISA_EXTENSION_ZBS = 18,
  KVM_RISCV_ISA_EXTENSION_ZICNTR = 19,
  KVM_RISCV_ISA_EXTENSION_ZICSR = 20,
  KVM_RISCV_ISA_EXTENSION_ZIFENCEI = 21,
  KVM_RISCV_ISA_EXTENSION_ZIHPM = 22,
  KVM_RISCV_ISA_EXTENSION_SMSTATEEN = 23,
  KVM_RISCV_ISA_EXTENSION_ZICOND = 24,
  KVM_RISCV_ISA_EXTENSION_ZBC = 25,
  KVM_RISCV_ISA_EXTENSION_ZBKB = 26,
  KVM_RISCV_ISA_EXTENSION_ZBKC = 27,
  KVM_RISCV_ISA_EXTENSION_ZBKX = 28,
  KVM_RISCV_ISA_EXTENSION_ZKND = 29,
  KVM_RISCV_ISA_EXTENSION_ZKNE = 30,
  KVM_RISCV_ISA_EXTENSION_ZKNH = 31,
  KVM_RISCV_ISA_EXTENSION_ZKR = 32,
  KVM_RISCV_ISA_EXTENSION_ZKSED = 33,
  KVM_RISCV_ISA_EXTENSION_ZKSH = 34,
  KVM_RISCV_ISA_EXTENSION_ZKT = 35,
  KVM_RISCV_ISA_EXTENSION_ZVBB = 36,
  KVM_RISCV_ISA_EXTENSION_ZVBC = 37,
  KVM_RISCV_ISA_EXTENSION_ZVKB = 38,
  KVM_RISCV_ISA_EXTENSION_ZVKG = 39,
  KVM_RISCV_ISA_EXTENSION_ZVKNED = 40,
  KVM_RISCV_ISA_EXTENSION_ZVKNHA = 41,
  KVM_RISCV_ISA_EXTENSION_ZVKNHB = 42,
  KVM_RISCV_ISA_EXTENSION_ZVKSED = 43,
  KVM_RISCV_ISA_EXTENSION_ZVKSH = 44,
  KVM_RISCV_ISA_EXTENSION_ZVKT = 45,
  KVM_RISCV_ISA_EXTENSION_ZFH = 46,
  KVM_RISCV_ISA_EXTENSION_ZFHMIN = 47,
  KVM_RISCV_ISA_EXTENSION_ZIHINTNTL = 48,
  KVM_RISCV_ISA_EXTENSION_ZVFH = 49,
  KVM_RISCV_ISA_EXTENSION_ZVFHMIN = 50,
  KVM_RISCV_ISA_EXTENSION_ZFA = 51,
  KVM_RISCV_ISA_EXTENSION_ZTSO = 52,
  KVM_RISCV_ISA_EXTENSION_ZACAS = 53,
  KVM_RISCV_ISA_EXTENSION_SSCOFPMF = 54,
  KVM_RISCV_ISA_EXTENSION_ZIMOP = 55,
  KVM_RISCV_ISA_EXTENSION_ZCA = 56,
  KVM_RISCV_ISA_EXTENSION_ZCB = 57,
  KVM_RISCV_ISA_EXTENSION_ZCD = 58,
  KVM_RISCV_ISA_EXTENSION_ZCF = 59,
  KVM_RISCV_ISA_EXTENSION_ZCMOP = 60,
  KVM_RISCV_ISA_EXTENSION_ZAWRS = 61,
  KVM_RISCV_ISA_EXTENSION_SMNPM = 62,
  KVM_RISCV_ISA_EXTENSION_SSNPM = 63,
  KVM_RISCV_ISA_EXTENSION_SVADE = 64,
  KVM_RISCV_ISA_EXTENSION_SVADU = 65,
  KVM_RISCV_ISA_EXTENSION_SVVPTC = 66,
  KVM_RISCV_ISA_EXTENSION_ZABHA = 67,
  KVM_RISCV_ISA_EXTENSION_ZICCRSE = 68,
  KVM_RISCV_ISA_EXTENSION_ZAAMO = 69,
  KVM_RISCV_ISA_EXTENSION_ZALRSC = 70,
  KVM_RISCV_ISA_EXTENSION_ZICBOP = 71,
  KVM_RISCV_ISA_EXTENSION_ZFBFMIN = 72,
  KVM_RISCV_ISA_EXTENSION_ZVFBFMIN = 73,
  KVM_RISCV_ISA_EXTENSION_ZVFBFWMA = 74,
  KVM_RISCV_ISA_EXTENSION_ZCLSD = 75,
  KVM_RISCV_ISA_EXTENSION_ZILSD = 76,
  KVM_RISCV_ISA_EXTENSION_ZALASR = 77,
} KvmRiscvIsaExtension;

/**
 * KvmRiscvSbiExtension:
 * @KVM_RISCV_SBI_EXTENSION_V01: the calls of version 0.1
 * @KVM_RISCV_SBI_EXTENSION_TIME: the timer
 * @KVM_RISCV_SBI_EXTENSION_IPI: interrupts between harts
 * @KVM_RISCV_SBI_EXTENSION_RFENCE: fences on other harts
 * @KVM_RISCV_SBI_EXTENSION_SRST: reset and shutdown
 * @KVM_RISCV_SBI_EXTENSION_HSM: starting and stopping of harts
 * @KVM_RISCV_SBI_EXTENSION_PMU: performance counters
 * @KVM_RISCV_SBI_EXTENSION_EXPERIMENTAL: what is experimental, which the process answers
 * @KVM_RISCV_SBI_EXTENSION_VENDOR: what is the vendor's own, which the process answers
 * @KVM_RISCV_SBI_EXTENSION_DBCN: the debug console, which the process answers
 * @KVM_RISCV_SBI_EXTENSION_STA: the time that was stolen from the guest
 * @KVM_RISCV_SBI_EXTENSION_SUSP: suspending the system, which the process answers
 * @KVM_RISCV_SBI_EXTENSION_FWFT: features of the firmware
 * @KVM_RISCV_SBI_EXTENSION_MPXY: messages to other processors, which the process answers
 *
 * The extensions of the supervisor binary interface, by which a guest calls its firmware: the
 * kernel, or the process. The numbers are the kernel's `KVM_RISCV_SBI_EXT_…`, up to Linux 7.1,
 * and not those that the guest calls; a method that takes one takes any number.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_RISCV_SBI_EXTENSION_V01 = 0,
  KVM_RISCV_SBI_EXTENSION_TIME = 1,
  KVM_RISCV_SBI_EXTENSION_IPI = 2,
  KVM_RISCV_SBI_EXTENSION_RFENCE = 3,
  KVM_RISCV_SBI_EXTENSION_SRST = 4,
  KVM_RISCV_SBI_EXTENSION_HSM = 5,
  KVM_RISCV_SBI_EXTENSION_PMU = 6,
  KVM_RISCV_SBI_EXTENSION_EXPERIMENTAL = 7,
  KVM_RISCV_SBI_EXTENSION_VENDOR = 8,
  KVM_RISCV_SBI_EXTENSION_DBCN = 9,
  KVM_RISCV_SBI_EXTENSION_STA = 10,
  KVM_RISCV_SBI_EXTENSION_SUSP = 11,
  KVM_RISCV_SBI_EXTENSION_FWFT = 12,
  KVM_RISCV_SBI_EXTENSION_MPXY = 13,
} KvmRiscvSbiExtension;

KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_riscv_isa_ext_to_string (guint extension);
KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_riscv_sbi_ext_to_string (guint extension);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests of riscv64 that take traps, and what else only riscv64 has. Each has a copy of the same
 * vector, for it runs alone at 0x1000. */

#include "riscv64-macros.inc"

#define SIE_TIMER 0x20
#define SIE_EXTERNAL 0x200
#define SSTATUS_SIE 2
#define SSTATUS_FS_INITIAL 0x2000
#define SSTATUS_VS_INITIAL 0x200
#define SBI_TIME 0x54494d45
#define SISELECT 0x150
#define SIREG 0x151
#define STOPEI 0x15c
#define EIDELIVERY 0x70
#define EITHRESHOLD 0x72
#define EIE 0xc0

/* Traps go to a vector that writes their cause to port 0x61. It ends a timer's interrupt, and goes
 * on after an instruction that trapped. */
	.macro set_up_traps
	lla t0, 8f
	csrw stvec, t0
	j 9f
	.balign 4
8:	csrr t0, scause
	port t1, 0x61
	sd t0, 0(t1)
	bltz t0, 7f
	csrr t0, sepc
	addi t0, t0, 4
	csrw sepc, t0
	sret
7:	andi t0, t0, 0xff
	li t1, 5
	bne t0, t1, 6f
	li a0, -1
	li a7, SBI_TIME
	li a6, 0
	ecall
6:	sret
9:
	.endm

/* Waits for interrupts for ever, and says so at port 0x60. The argument is a bit map of them. */
	.macro wait_for_interrupts
	csrw sie, a1
	port t1, 0x60
	sw zero, 0(t1)
	csrsi sstatus, SSTATUS_SIE
5:	wfi
	j 5b
	.endm

guest interrupts
	set_up_traps
	wait_for_interrupts
guest_end interrupts

/* The same, with a timer that ends as soon as its argument has gone by. */
guest timer
	mv s1, a1
	set_up_traps
	rdtime a0
	add a0, a0, s1
	li a7, SBI_TIME
	li a6, 0
	ecall
	li a1, SIE_TIMER
	wait_for_interrupts
guest_end timer

/* Traps at a breakpoint and at an instruction that there is not, and halts. */
guest exceptions
	set_up_traps
	ebreak
	.balign 4
	.word 0
	halt
guest_end exceptions

/* Adds to each register its number, but for a0, which says how often, and stops at a breakpoint. */
guest registers
	.irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	addi x\n, x\n, \n
	.endr
	ebreak
	.balign 4
	addi a0, a0, 1
	ebreak
guest_end registers

/* Exchanges sscratch and a1, and halts. */
guest scratch
	csrrw a1, sscratch, a1
	halt
guest_end scratch

/* Adds f1 to itself, writes the sum's bits to port 0x62, and halts. */
guest floats
	set_up_traps
	li t0, SSTATUS_FS_INITIAL
	csrs sstatus, t0
	fadd.d f2, f1, f1
	fmv.x.d t2, f2
	port t1, 0x62
	sd t2, 0(t1)
	halt
guest_end floats

/* Adds the bytes of v1 to themselves, into v2, and halts. */
guest vectors
	.option push
	.option arch, +v
	set_up_traps
	li t0, SSTATUS_VS_INITIAL
	csrs sstatus, t0
	vsetvli t0, zero, e8, m1, ta, ma
	vadd.vv v2, v1, v1
	halt
	.option pop
guest_end vectors

/* Calls the firmware with what is at 0x2000: a7, a6, a0, a1, a2. Writes what a0 and a1 are then to
 * ports 0x61 and 0x62, and begins again. */
guest call
	li s1, 0x2000
	ld a7, 0(s1)
	ld a6, 8(s1)
	ld a0, 16(s1)
	ld a1, 24(s1)
	ld a2, 32(s1)
	ecall
	port t1, 0x61
	sd a0, 0(t1)
	port t1, 0x62
	sd a1, 0(t1)
	j guest_call
guest_end call

/* Writes its two arguments to ports 0x61 and 0x62, and halts. */
guest hart
	port t1, 0x61
	sd a0, 0(t1)
	port t1, 0x62
	sd a1, 0(t1)
	halt
guest_end hart

/* Exchanges the control register stopei and a1, writes what it was to port 0x61, and halts. */
guest claim
	set_up_traps
	csrrw a1, STOPEI, a1
	port t1, 0x61
	sd a1, 0(t1)
	halt
guest_end claim

/* Enables all messages of its IMSIC; if there is an APLIC at its argument, has it send source 5 as
 * message 9, at each edge up. Waits, and writes the number of each message to port 0x61. */
guest messages
	lla t0, 2f
	csrw stvec, t0
	.macro set_imsic select, value
	li t0, \select
	csrw SISELECT, t0
	li t0, \value
	csrw SIREG, t0
	.endm
	set_imsic EIDELIVERY, 1
	set_imsic EITHRESHOLD, 0
	set_imsic EIE, -1
	beqz a1, 1f
	li t0, 0x104
	sw t0, 0(a1) /* domaincfg: it is on, and sends messages */
	li t0, 4
	sw t0, 4 * 5(a1) /* sourcecfg: an edge up */
	li t0, 0x3000
	add t1, a1, t0
	li t0, 9
	sw t0, 4 * 5(t1) /* target: hart 0, message 9 */
	li t0, 0x1edc
	add t1, a1, t0
	li t0, 5
	sw t0, 0(t1) /* setienum */
1:	li a1, SIE_EXTERNAL
	wait_for_interrupts
	.balign 4
2:	csrrw t0, STOPEI, zero
	srli t0, t0, 16
	port t1, 0x61
	sd t0, 0(t1)
	sret
guest_end messages

	.section .note.GNU-stack, "", %progbits

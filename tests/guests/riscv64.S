/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on riscv64, in supervisor mode without paging at 0x1000. Where x86 has
 * the port p, they have the address 0x10000 + 8 * p; and they halt by writing to that of port 0xf4. */

#include "riscv64-macros.inc"

guest halt
	halt
	j guest_halt
guest_end halt

/* Writes "Hi" to port 0x3f8. */
guest print
	port t1, 0x3f8
	li t0, 'H'
	sb t0, 0(t1)
	li t0, 'i'
	sb t0, 0(t1)
	halt
guest_end print

/* Reads 1, 2 and 4 bytes from port 0x60 and writes them, one more than they were, to port 0x61. */
guest echo
	port t1, 0x60
	port t2, 0x61
	lbu t0, 0(t1)
	addi t0, t0, 1
	sb t0, 0(t2)
	lhu t0, 0(t1)
	addi t0, t0, 1
	sh t0, 0(t2)
	lw t0, 0(t1)
	addi t0, t0, 1
	sw t0, 0(t2)
	halt
guest_end echo

/* Writes 4 bytes to the address 0x8000, which is no memory, reads 2 from 0x8004, and writes them to
 * port 0x61. */
guest mmio
	port t2, 0x61
	li t1, 0x8000
	li t0, 0x12345678
	sw t0, 0(t1)
	lhu t0, 4(t1)
	sh t0, 0(t2)
	halt
guest_end mmio

/* Never stops. */
guest spin
	j guest_spin
guest_end spin

/* Writes to port 0x61 for ever. */
guest chatter
	port t1, 0x61
1:	sb t0, 0(t1)
	j 1b
guest_end chatter

/* Adds one to the word at 0x2000 and halts, again and again. */
guest count
	li t1, 0x2000
1:	lhu t0, 0(t1)
	addi t0, t0, 1
	sh t0, 0(t1)
	halt
	j 1b
guest_end count

/* Adds one to its argument, and halts. */
guest increment
	addi a0, a0, 1
	halt
guest_end increment

/* Adds one to the word at its argument for ever. */
guest bump
	lhu t0, 0(a0)
	addi t0, t0, 1
	sh t0, 0(a0)
	j guest_bump
guest_end bump

/* Adds one to the word at its argument times 16 for ever. */
guest bump_far
	slli a0, a0, 4
1:	lhu t0, 0(a0)
	addi t0, t0, 1
	sh t0, 0(a0)
	j 1b
guest_end bump_far

/* Adds one to the byte at 16 times each of the words from 0x2000 on, up to one that is 0; halts; and
 * again. */
guest touch
	li t1, 0x2000
1:	lwu t2, 0(t1)
	addi t1, t1, 4
	beqz t2, 2f
	slli t2, t2, 4
	lbu t3, 0(t2)
	addi t3, t3, 1
	sb t3, 0(t2)
	j 1b
2:	halt
	j guest_touch
guest_end touch

/* Reads a byte from port 0x60 and writes it, one more than it was, to port 0x61, for ever. */
guest server
	port t1, 0x60
	port t2, 0x61
1:	lbu t0, 0(t1)
	addi t0, t0, 1
	sb t0, 0(t2)
	j 1b
guest_end server

/* Switches the machine off through the firmware: SBI's system reset extension, as shutdown. */
guest off
	li a7, 0x53525354
	li a6, 0
	li a0, 0
	li a1, 0
	ecall
guest_end off

	.section .note.GNU-stack, "", %progbits

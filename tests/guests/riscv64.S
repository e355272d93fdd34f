/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on riscv64, in supervisor mode without paging at 0x1000. Where x86 has
 * the port p, they have the address 0x10000 + 8 * p; and they halt by writing to that of port 0xf4. */

#include "riscv64-macros.inc"

guest halt
	halt
	j guest_halt
guest_end halt

/* Waits for an interrupt in the kernel, for ever. */
guest wait
	wfi
	j guest_wait
guest_end wait

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
	lbu a0, 0(t1)
	addi a0, a0, 1
	sb a0, 0(t2)
	lhu a0, 0(t1)
	addi a0, a0, 1
	sh a0, 0(t2)
	lw a0, 0(t1)
	addi a0, a0, 1
	sw a0, 0(t2)
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

/* Adds one to the byte at 0x8000, which is no memory: a read, and then a write. */
guest change
	li t1, 0x8000
	lbu t0, 0(t1)
	addi t0, t0, 1
	sb t0, 0(t1)
	halt
guest_end change

/* Reads a byte from port 0x60 for ever, and counts in the word at 0x2000. */
guest listen
	port t1, 0x60
	li t2, 0x2000
1:	lbu a0, 0(t1)
	lhu t3, 0(t2)
	addi t3, t3, 1
	sh t3, 0(t2)
	j 1b
guest_end listen

/* Keeps the words at its argument and after it the same, and halts when they are not. */
guest twins
	lhu t1, 0(a0)
	lhu t2, 2(a0)
	bne t1, t2, 1f
	addi t1, t1, 1
	sh t1, 0(a0)
	sh t1, 2(a0)
	j guest_twins
1:	halt
guest_end twins

/* Steps: three instructions that add one to the argument, then a halt. */
guest steps
	addi a0, a0, 1
	addi a0, a0, 1
	addi a0, a0, 1
	halt
guest_end steps

/* Adds one to the word at 0x2000 for ever. */
guest ticker
	li t1, 0x2000
1:	lhu t0, 0(t1)
	addi t0, t0, 1
	sh t0, 0(t1)
	j 1b
guest_end ticker

/* Writes a line to the serial port at 0x3f8, each byte when the transmitter is empty. */
guest serial_print
	port t1, 0x3f8
	lla t2, serial_text
1:	lbu t0, 5(t1)
	andi t0, t0, 0x20
	beqz t0, 1b
	lbu t0, 0(t2)
	addi t2, t2, 1
	beqz t0, 2f
	sb t0, 0(t1)
	j 1b
2:	halt
serial_text:
	.asciz "Hello from the guest\n"
	.balign 4
guest_end serial_print

/* Sends back what it gets at the serial port at 0x3f8, one more than it was, up to a 0. */
guest serial_echo
	port t1, 0x3f8
1:	lbu t0, 5(t1)
	andi t0, t0, 0x01
	beqz t0, 1b
	lbu t2, 0(t1)
	beqz t2, 3f
	addi t2, t2, 1
2:	lbu t0, 5(t1)
	andi t0, t0, 0x20
	beqz t0, 2b
	sb t2, 0(t1)
	j 1b
3:	halt
guest_end serial_echo

/* Looks for a serial port as drivers do. To 0x2000: the modem status in loopback; how many of 32
 * bytes the FIFO keeps; the line status after that; the interrupt id with FIFO. */
guest serial_probe
	port t1, 0x3f8
	li t2, 0x2000
	li t0, 0x1a
	sb t0, 4(t1)
	lbu t0, 6(t1)
	sb t0, 0(t2)
	li t0, 0x07
	sb t0, 2(t1)
	li t3, 32
1:	sb t3, 0(t1)
	addi t3, t3, -1
	bnez t3, 1b
	lbu t0, 5(t1)
	sb t0, 2(t2)
	j 3f
2:	lbu t0, 0(t1)
	addi t3, t3, 1
	lbu t0, 5(t1)
3:	andi t0, t0, 0x01
	bnez t0, 2b
	sb t3, 1(t2)
	lbu t0, 2(t1)
	sb t0, 3(t2)
	halt
guest_end serial_probe

/* Enables the transmitter's interrupt, reads the interrupt id twice, writes a byte, and disables the
 * interrupt. The ids go to 0x2000. */
guest serial_interrupt
	port t1, 0x3f8
	li t2, 0x2000
	li t0, 0x02
	sb t0, 1(t1)
	lbu t0, 2(t1)
	sb t0, 0(t2)
	lbu t0, 2(t1)
	sb t0, 1(t2)
	li t0, 'x'
	sb t0, 0(t1)
	sb zero, 1(t1)
	halt
guest_end serial_interrupt

/* Ends with the value 42. */
guest debug_exit
	port t1, 0x501
	li t0, 42
	sw t0, 0(t1)
	halt
guest_end debug_exit

/* Throws away what the keyboard controller has, has it test itself, puts the reply at 0x2000, and
 * resets the machine. */
guest reset
	port t1, 0x60
	li t2, 0x2000
1:	lbu t0, 4(t1)
	andi t0, t0, 0x01
	beqz t0, 2f
	lbu t0, 0(t1)
	j 1b
2:	li t0, 0xaa
	sb t0, 4(t1)
3:	lbu t0, 4(t1)
	andi t0, t0, 0x01
	beqz t0, 3b
	lbu t0, 0(t1)
	sb t0, 0(t2)
4:	lbu t0, 4(t1)
	andi t0, t0, 0x02
	bnez t0, 4b
	li t0, 0xfe
	sb t0, 4(t1)
	halt
guest_end reset

/* Puts the bytes 0 to 0x32 of the clock at 0x2000, all from the same second, and halts. Stops the
 * clock, sets 23:59:58 on 31 December 1999, and puts the bytes at 0x2100; lets it run until the second
 * has changed, and halts. */
guest rtc
	port t1, 0x70
	li t2, 0x2000
	jal rtc_read
	halt
	li t0, 0x820b /* the index, then the byte */
	sh t0, 0(t1)
	lla t3, rtc_values
	li t4, 7
1:	lhu t0, 0(t3)
	addi t3, t3, 2
	sh t0, 0(t1)
	addi t4, t4, -1
	bnez t4, 1b
	li t2, 0x2100
	jal rtc_read
	li t0, 0x020b
	sh t0, 0(t1)
	li t4, 0x58
2:	sb zero, 0(t1)
	lbu t0, 1(t1)
	beq t0, t4, 2b
	halt
rtc_read:
	li t0, 10
	sb t0, 0(t1)
	lbu t0, 1(t1)
	andi t0, t0, 0x80
	bnez t0, rtc_read
	mv t3, t2
	li t4, 0
	li t5, 0x33
3:	sb t4, 0(t1)
	lbu t0, 1(t1)
	sb t0, 0(t3)
	addi t3, t3, 1
	addi t4, t4, 1
	bne t4, t5, 3b
	sb zero, 0(t1)
	lbu t0, 1(t1)
	lbu t4, 0(t2)
	bne t0, t4, rtc_read
	ret
rtc_values: /* index, value */
	.byte 0, 0x58, 2, 0x59, 4, 0x23, 7, 0x31, 8, 0x12, 9, 0x99, 0x32, 0x19
	.balign 4
guest_end rtc

/* Writes 1, 2 and 4 bytes to port 0x510 and 4 bytes to the address 0x9000, and then a byte to port
 * 0x61, again and again. */
guest ring
	port t1, 0x510
	port t2, 0x61
	li t3, 0x9000
	li t0, 0x12345678
1:	sb t0, 0(t1)
	sh t0, 0(t1)
	sw t0, 0(t1)
	sw t0, 0(t3)
	sb t0, 0(t2)
	j 1b
guest_end ring

/* Writes 1 to 1000 to port 0x510, a byte to port 0x61, and halts. */
guest burst
	port t1, 0x510
	port t2, 0x61
	li t3, 1000
	li t0, 0
1:	addi t0, t0, 1
	sw t0, 0(t1)
	bne t0, t3, 1b
	sb t0, 0(t2)
	halt
guest_end burst

/* What only x86 can, for tests that are not run here. */
guest string
guest serial_irq
guest_end string
guest_end serial_irq

	.section .note.GNU-stack, "", %progbits
